import type { ColumnValues, TableColumns } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import type { ComparedPair } from "./compared-pair.ts"

/** Texts of a column, most of which come again: each different one is kept once. */
class Words {
  readonly #numbers = new Map<string, number>()
  readonly #places: Int32Array

  constructor(length: number) {
    this.#places = new Int32Array(length)
  }

  set(row: number, text: string | null): void {
    if (text === null) {
      this.#places[row] = -1
      return
    }
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(text, number)
    }
    this.#places[row] = number
  }

  values(): ColumnValues {
    return { words: [...this.#numbers.keys()], places: this.#places }
  }
}

const pairsTable = (crawlId: CrawlId, pairs: ReadonlyArray<ComparedPair>): TableColumns => {
  const { length } = pairs
  const [hypothesis, limit] = [new Words(length), new Words(length)]
  pairs.forEach((pair, i) => {
    hypothesis.set(i, pair.hypothesis)
    limit.set(i, pair.limit)
  })
  return {
    table: "pair",
    crawlId,
    length,
    values: {
      server_a: Int32Array.from(pairs, ({ a }) => a),
      server_b: Int32Array.from(pairs, ({ b }) => b),
      same_server: Float64Array.from(pairs, ({ sameServer }) => sameServer),
      same_machine: Float64Array.from(pairs, ({ sameMachine }) => sameMachine),
      shared_infrastructure: Float64Array.from(pairs, ({ sharedInfrastructure }) => sharedInfrastructure),
      same_operator: Float64Array.from(pairs, ({ sameOperator }) => sameOperator),
      operator_bits: Float64Array.from(pairs, ({ operatorBits }) => operatorBits),
      hypothesis: hypothesis.values(),
      held_by: limit.values(),
      copier_id: Float64Array.from(pairs, ({ copier }) => copier ?? Number.NaN)
    }
  }
}

const evidenceTable = (crawlId: CrawlId, pairs: ReadonlyArray<ComparedPair>): TableColumns => {
  const length = pairs.reduce((sum, { evidence }) => sum + evidence.length, 0)
  const [a, b, bits, counted] = [new Int32Array(length), new Int32Array(length), new Float64Array(length), new Uint8Array(length)]
  const words = { comparison: new Words(length), level: new Words(length), value: new Words(length), reduction: new Words(length), detail: new Words(length) }
  let row = 0
  for (const pair of pairs) {
    const details = pair.details()
    for (const [place, it] of pair.evidence.entries()) {
      a[row] = pair.a
      b[row] = pair.b
      bits[row] = it.bits
      counted[row] = it.counted ? 1 : 0
      words.comparison.set(row, it.comparison)
      words.level.set(row, it.level)
      words.value.set(row, it.value)
      words.reduction.set(row, it.reduction)
      words.detail.set(row, JSON.stringify(details[place]))
      row++
    }
  }
  return {
    table: "evidence",
    crawlId,
    length,
    values: {
      server_a: a,
      server_b: b,
      comparison: words.comparison.values(),
      level: words.level.values(),
      value: words.value.values(),
      bits,
      counted,
      reduction: words.reduction.values(),
      detail: words.detail.values()
    }
  }
}

/** So many pairs have some 150,000 pieces of evidence. */
const pairsOfPiece = 20_000

/** In how many pieces the tables of pairs come. */
export const piecesOf = (pairs: ReadonlyArray<ComparedPair>): number => Math.max(1, Math.ceil(pairs.length / pairsOfPiece))

/**
 * Pairs as the tables `pair` and `evidence` hold them, in columns: ten thousand
 * servers have a million pieces of evidence, which as objects take half a gigabyte
 * and seconds on the way from the thread that found them. One piece after the other
 * is made, so that their texts never stand in memory all at once.
 */
export function* pairColumns(crawlId: CrawlId, pairs: ReadonlyArray<ComparedPair>): Generator<ReadonlyArray<TableColumns>> {
  for (let piece = 0; piece < piecesOf(pairs); piece++) {
    const some = pairs.slice(piece * pairsOfPiece, (piece + 1) * pairsOfPiece)
    yield [pairsTable(crawlId, some), evidenceTable(crawlId, some)]
  }
}
