import type { Comparison } from "../comparisons/comparison.ts"
import type { KeyIndex } from "./key-index.ts"
import { model } from "./model.ts"
import type { Outcomes } from "./outcomes.ts"

/** How often strangers agree, as far as this crawl shows. */
export interface Rates {
  /** By comparison, then level: P(outcome | strangers, both values known), value aside. */
  readonly u: ReadonlyArray<Float64Array>
  /** By number of key: P(a stranger has this value too), 0 where it is not measured. */
  readonly frequency: Float64Array
  /**
   * `lift[a * comparisons + b]`: how many times likelier strangers agree in b if
   * they agree in a; never below 1.
   */
  readonly lift: Float64Array
  /** Pairs of strangers behind `u` and `lift`. */
  readonly strangers: number
}

/** The outcome speaks for, not against. */
export const isAgreement = (comparison: Comparison, level: number): boolean => {
  const { m, u } = comparison.levels[level]!
  return m > u
}

/** By comparison, then server: its value is known, by itself or as it was ever compared by it. */
export const knownValues = (
  index: KeyIndex,
  comparisons: ReadonlyArray<Comparison>,
  outcomes: ReadonlyArray<Outcomes>
): ReadonlyArray<Uint8Array> => {
  const known = comparisons.map((_, c) => Uint8Array.from(index.known[c]!))
  for (const some of outcomes) {
    for (let i = 0; i < some.first.length; i++) {
      for (let k = some.start[i]!; k < some.start[i + 1]!; k++) {
        const of = known[some.comparison[k]!]!
        of[some.first[i]!] = 1
        of[some.second[i]!] = 1
      }
    }
  }
  return known
}

/**
 * Values by number of key: the share of other independent owners that have it,
 * half a one added (Jeffreys), as who has none yet may still. An owner counts
 * once, so that no fleet makes its own value common; and who claims the hosts of
 * another that has it, and not the other way round, does not count, so that no
 * framer makes its victim's value common.
 */
const frequencies = (
  index: KeyIndex,
  comparisons: ReadonlyArray<Comparison>,
  known: ReadonlyArray<Uint8Array>,
  owners: Int32Array,
  nodeOwners: Int32Array,
  originals: ReadonlyArray<ReadonlySet<number>>,
  ownersAreJudged: boolean
): Float64Array => {
  const frequency = new Float64Array(index.servers.length)
  comparisons.forEach((comparison, c) => {
    const measured = comparison.levels.some((level) => level.measured)
    // A text that many who were judged apart show is nobody's own, whatever it was taken for. Of addresses
    // for gifts `isCause` judges that, which counts by key and leaves out copiers that own up to it.
    // Nor is a key whose holders at many nodes say of no name that it is theirs: an image brought it, not one front.
    const front = comparison.bundle === "front"
    const stock = !measured && (front || (comparison.forgeability === "copyable" && comparison.bundle !== "donation" && ownersAreJudged))
    if (!measured && !stock) return
    const ownerOf = front ? nodeOwners : owners
    const all = new Set<number>()
    known[c]!.forEach((is, server) => is === 1 && all.add(ownerOf[server]!))
    for (const key of index.numbers[c]!.values()) {
      const servers = index.servers[key]!
      if (servers.length < 2) continue
      const has = new Set(servers)
      const copies = (server: number): boolean => originals[server]!.values().some((original) => has.has(original))
      const having = new Set(servers.filter((server) => !copies(server)).map((server) => ownerOf[server]!)).size
      frequency[key] = stock ? Math.max(0, having - 2) / all.size : Math.max(0.5, having - 0.5) / all.size
    }
  })
  return frequency
}

/**
 * Measures u and dependence on random pairs of different owners.
 *
 * @param owners of each position, by its smallest member
 * @param nodeOwners the same, told apart where only a key joins them that fronts show
 * @param originals by position whom it copies or relays by what it claims
 * @param ownersAreJudged owners are more than those who share a private key
 */
export const measureRates = (
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  known: ReadonlyArray<Uint8Array>,
  random: Outcomes,
  owners: Int32Array,
  nodeOwners: Int32Array,
  originals: ReadonlyArray<ReadonlySet<number>>,
  ownersAreJudged: boolean
): Rates => {
  const size = comparisons.length
  const agreeing = comparisons.map((comparison) => comparison.levels.map((_, level) => isAgreement(comparison, level)))
  const counts = comparisons.map(({ levels }) => new Float64Array(levels.length))
  const bothKnown = new Float64Array(size)
  const alone = new Float64Array(size)
  const joint = new Float64Array(size * size)
  const agreed: Array<number> = []
  let strangers = 0
  for (let i = 0; i < random.first.length; i++) {
    const a = random.first[i]!
    const b = random.second[i]!
    if (owners[a] === owners[b]) continue
    strangers++
    for (let c = 0; c < size; c++) bothKnown[c]! += known[c]![a]! & known[c]![b]!
    agreed.length = 0
    for (let k = random.start[i]!; k < random.start[i + 1]!; k++) {
      const c = random.comparison[k]!
      counts[c]![random.level[k]!]!++
      if (agreeing[c]![random.level[k]!]!) agreed.push(c)
    }
    for (const c of agreed) {
      alone[c]!++
      for (const d of agreed) joint[c * size + d]!++
    }
  }
  const u = comparisons.map(({ levels }, c) =>
    Float64Array.from(levels, (level, l) =>
      level.measured ? Math.min(1, Math.max(level.u, (counts[c]![l]! + 0.5) / (bothKnown[c]! + 1))) : level.u))
  const lift = new Float64Array(size * size).fill(1)
  const pseudo = model.dependencePseudoPairs
  for (let c = 0; c < size; c++) {
    for (let d = 0; d < size; d++) {
      if (c === d || strangers === 0) continue
      const expected = alone[c]! * alone[d]! / strangers
      // One standard deviation below what was seen: chance alone makes no dependence.
      const observed = joint[c * size + d]! - Math.sqrt(joint[c * size + d]!)
      lift[c * size + d] = Math.max(1, (observed + pseudo) / (expected + pseudo))
    }
  }
  return { u, frequency: frequencies(index, comparisons, known, owners, nodeOwners, originals, ownersAreJudged), lift, strangers }
}
