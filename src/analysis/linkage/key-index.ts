import type { Comparison } from "../comparisons/comparison.ts"
import type { ServerTraits } from "../traits/server-traits.ts"

/** Which servers have which key of which comparison. */
export interface KeyIndex {
  /** For each comparison: key -> its number. */
  readonly numbers: ReadonlyArray<ReadonlyMap<string, number>>
  /** By number of the key: the servers that have it, as ascending positions, each once. */
  readonly servers: ReadonlyArray<ReadonlyArray<number>>
  /** By number of the key: its text, unique over comparisons. */
  readonly texts: ReadonlyArray<string>
  /** By comparison, then server: its value is known. */
  readonly known: ReadonlyArray<Uint8Array>
  /** By server: numbers of its keys, ascending, and so by comparison. */
  readonly keys: ReadonlyArray<Uint32Array>
  /** By number of the key: position of its comparison. */
  readonly comparison: Uint8Array
}

export const indexKeys = (
  servers: ReadonlyArray<ServerTraits>,
  comparisons: ReadonlyArray<Comparison>
): KeyIndex => {
  const posted: Array<Array<number>> = []
  const texts: Array<string> = []
  const known: Array<Uint8Array> = []
  const keys: Array<Array<number>> = servers.map(() => [])
  const comparisonOf: Array<number> = []
  const numbers = comparisons.map((comparison, c) => {
    const byKey = new Map<string, number>()
    const knownHere = new Uint8Array(servers.length)
    servers.forEach((server, position) => {
      if (comparison.known?.(server) === true) knownHere[position] = 1
      for (const key of comparison.keys(server)) {
        knownHere[position] = 1
        let number = byKey.get(key)
        if (number === undefined) {
          number = posted.length
          byKey.set(key, number)
          posted.push([])
          texts.push(`${comparison.name}\n${key}`)
          comparisonOf.push(c)
        }
        const block = posted[number]!
        if (block[block.length - 1] === position) continue
        block.push(position)
        keys[position]!.push(number)
      }
    })
    known.push(knownHere)
    return byKey
  })
  return { numbers, servers: posted, texts, known, keys: keys.map((some) => Uint32Array.from(some).sort()), comparison: Uint8Array.from(comparisonOf) }
}
