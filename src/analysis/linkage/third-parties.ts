import type { Comparison } from "../comparisons/comparison.ts"
import type { KeyIndex } from "./key-index.ts"
import { isKey, roleOf } from "./operator-verdict.ts"

/** In it a server speaks for itself: a greeting or an address for gifts that is no default of software. */
export const isVoice = ({ bundle, question }: Comparison): boolean =>
  question === "same operator" && (bundle === "banner" || bundle === "donation")

/** What the crawl shows of those who bring one thing to many: images, hosters, proxies, sellers, clubs. */
export interface ThirdParties {
  /**
   * Holders of a private key speak with many voices, so it is no one's: of those
   * that have a voice at most half have the same. One decoy parts nobody from
   * their own, and silent customers do not join those who speak.
   */
  readonly isDisputed: (key: number) => boolean
  /**
   * More independent owners without the key ask for gifts at this address than
   * servers with it, as for the cause of a club or the author of a guide. Who
   * claims the hosts of such a server, and not the other way round, says itself
   * that it copies: no crowd of framers makes a cause of its victim.
   *
   * @param key -1 where the pair holds none
   */
  readonly isCause: (gift: number, key: number) => boolean
}

/**
 * @param owners of each position, by its smallest member
 * @param originals by position whom it copies or relays by what it claims
 */
export const thirdPartiesOf = (
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  owners: Int32Array,
  originals: ReadonlyArray<ReadonlySet<number>>
): ThirdParties => {
  /** By voice: what each server says in it. */
  const voices = comparisons.flatMap((comparison, c) => {
    if (!isVoice(comparison)) return []
    const said = new Map<number, number>()
    for (const key of index.numbers[c]!.values()) for (const server of index.servers[key]!) said.set(server, key)
    return [said]
  })
  const disputed = new Set<number>()
  comparisons.forEach((comparison, c) => {
    if (!isKey(roleOf(comparison).leg)) return
    for (const key of index.numbers[c]!.values()) {
      for (const said of voices) {
        const counts = new Map<number, number>()
        let speaking = 0
        for (const server of index.servers[key]!) {
          const word = said.get(server)
          if (word === undefined) continue
          speaking++
          counts.set(word, (counts.get(word) ?? 0) + 1)
        }
        if (counts.size > 1 && Math.max(...counts.values()) * 2 <= speaking) disputed.add(key)
      }
    }
  })
  const causes = new Map<number, boolean>()
  return {
    isDisputed: (key) => disputed.has(key),
    isCause: (gift, key) => {
      const id = gift * (index.servers.length + 1) + key + 1
      const known = causes.get(id)
      if (known !== undefined) return known
      const givers = index.servers[gift]!
      const holders = new Set(key < 0 ? [] : index.servers[key]!)
      const inside = givers.filter((server) => holders.has(server))
      const own = new Set(inside.map((server) => owners[server]!))
      const others = new Set(givers
        .filter((server) => !own.has(owners[server]!) && !inside.some((original) => originals[server]!.has(original)))
        .map((server) => owners[server]!))
      // A pair without a key is two servers of it.
      const is = key < 0 ? others.size > 4 : others.size > inside.length
      causes.set(id, is)
      return is
    }
  }
}
