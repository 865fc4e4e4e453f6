import { rememberingNumber, rememberingNumbers } from "../../domain/remembering.ts"
import type { Comparison } from "../comparisons/comparison.ts"
import type { KeyHolders } from "./key-holders.ts"
import type { KeyIndex } from "./key-index.ts"
import { model } from "./model.ts"
import { isMostly } from "./one-node.ts"

/** In it a server speaks for itself: a greeting or an address for gifts that is no default of software. */
export const isVoice = ({ bundle, question }: Comparison): boolean =>
  question === "same operator" && (bundle === "banner" || bundle === "donation")

/** What the crawl shows of those who bring one thing to many: images, hosters, proxies, sellers, clubs. */
export interface ThirdParties {
  /**
   * Holders of a private key speak with many voices, so it is no one's: three and
   * more, however many servers the loudest adds, or two of which neither is most
   * of those heard. Silent customers do not join those who speak. One decoy parts
   * nobody from their own, and who only passes on what another shows is not heard.
   */
  readonly isDisputed: (key: number) => boolean
  /** The same of those who have names under a domain, where nobody holds a key: a hoster's certificates name each customer beside others. */
  readonly isOfSeveral: (domain: number) => boolean
  /**
   * Names under this domain may have been given to strangers, as hosters give
   * machines theirs: more owners hold it than one person runs, or the key that
   * two of them share is held by others elsewhere, as an image's is.
   *
   * @param key -1 where the pair holds none
   */
  readonly isGiven: (domain: number, key: number) => boolean
  /**
   * More independent owners without the key ask for gifts at this address than
   * servers with it, as for the cause of a club or the author of a guide. Who
   * claims the hosts of such a server, and not the other way round, says itself
   * that it copies: no crowd of framers makes a cause of its victim.
   *
   * @param key -1 where the pair holds none
   */
  readonly isCause: (gift: number, key: number) => boolean
  /**
   * Those who hold the key do not ask for gifts at this address, all or all but one
   * of five and more: then it is an image's or a front's, whose users write nothing
   * or something else, and two of them gave to one cause, or one copied the other.
   *
   * @param key -1 where the pair holds none
   */
  readonly isOfFew: (gift: number, key: number) => boolean
}

/**
 * @param owners of each position, by its smallest member
 * @param keyOwners the same as keys and nodes alone join them
 * @param originals by position whom it copies or relays by what it claims
 */
export const thirdPartiesOf = (
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  holders: KeyHolders,
  owners: Int32Array,
  keyOwners: Int32Array,
  originals: ReadonlyArray<ReadonlySet<number>>
): ThirdParties => {
  /** By voice: what each server says in it. */
  const voices = comparisons.flatMap((comparison, c) => {
    if (!isVoice(comparison)) return []
    const said = new Map<number, number>()
    for (const key of index.numbers[c]!.values()) for (const server of index.servers[key]!) said.set(server, key)
    return [said]
  })
  const speakAsSeveral = (servers: ReadonlyArray<number>): boolean =>
    voices.some((said) => {
      const counts = new Map<number, number>()
      for (const server of servers) {
        const word = said.get(server)
        if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1)
      }
      const heard = counts.values().reduce((sum, count) => sum + count, 0)
      return counts.size > 2 || (counts.size === 2 && Math.max(...counts.values()) * 2 <= heard)
    })
  const disputed = new Set<number>()
  for (const numbers of holders.numbers) {
    if (speakAsSeveral(holders.byNumber.get(numbers[0]!)!)) for (const number of numbers) disputed.add(number)
  }
  const keys = index.servers.length
  /** Those who hold a key have a value mostly not: it is not theirs. */
  const isNotOfHolders = (key: number, having: ReadonlySet<number>): boolean =>
    key >= 0 && !isMostly(holders.byNumber.get(key) ?? [], (server) => having.has(server))
  return {
    isDisputed: (key) => disputed.has(key),
    isOfSeveral: rememberingNumber((domain) => speakAsSeveral(index.servers[domain]!.filter((server) => originals[server]!.size === 0))),
    isGiven: rememberingNumbers(keys, (domain, key) => {
      const under = new Set(index.servers[domain]!)
      return new Set([...under].map((server) => keyOwners[server]!)).size > model.undecidedHolders || isNotOfHolders(key, under)
    }),
    isOfFew: rememberingNumbers(keys, (gift, key) => isNotOfHolders(key, new Set(index.servers[gift]!))),
    isCause: rememberingNumbers(keys, (gift, key) => {
      const givers = index.servers[gift]!
      const having = new Set(key < 0 ? [] : index.servers[key]!)
      const inside = givers.filter((server) => having.has(server))
      const own = new Set(inside.map((server) => owners[server]!))
      const others = new Set(givers
        .filter((server) => !own.has(owners[server]!) && !inside.some((original) => originals[server]!.has(original)))
        .map((server) => owners[server]!))
      // A pair without a key is two servers of it.
      return key < 0 ? others.size > 4 : others.size > inside.length
    })
  }
}
