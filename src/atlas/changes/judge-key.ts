import { whyUnclear } from "../../domain/changed-key.ts"
import { isOnion } from "../../domain/host.ts"
import type { ComparedServer } from "./crawl-change.ts"
import type { KeyHolders, ServerPair } from "./pair-servers.ts"

/** What another key at an endpoint comes from: `null` where no key changed, and where that cannot be told `because`. */
export type KeyVerdict = null | { readonly because: string | null }

const othersWho = (holders: KeyHolders, keys: ReadonlyArray<string>, except: ComparedServer): ReadonlyArray<ComparedServer> =>
  keys.flatMap((key) => [...holders.get(key) ?? []]).filter((server) => server !== except)

/** Whether a pair's key changed, and if it is certain that the server did it. */
export const judgeKey = ({ anchor, now, old }: ServerPair, pairs: ReadonlyMap<ComparedServer, ServerPair>, keysBefore: KeyHolders, keysAfter: KeyHolders): KeyVerdict => {
  const [before, after] = [[...new Set(old.keys.values())], [...new Set(now.keys.values())]]
  const changed = [...now.keys].some(([endpoint, key]) => old.keys.has(endpoint) && old.keys.get(endpoint) !== key)
  if (!changed || after.some((key) => before.includes(key))) return null
  const earlier = othersWho(keysBefore, after, old)[0]
  // Who shows the old key now and did before shares it; who did not may be the server itself, elsewhere.
  const later = othersWho(keysAfter, before, now).find((server) => {
    const its = pairs.get(server)
    return its === undefined || !before.some((key) => [...its.old.keys.values()].includes(key))
  })
  const onion = now.row.hosts.some((host) => isOnion(host) && old.row.hosts.includes(host))
  return {
    because: whyUnclear({
      knownBy: anchor === "address" ? "address" : onion ? "onion" : "name",
      earlierHolder: earlier?.row.host ?? null,
      laterHolder: later?.row.host ?? null,
      addresses: [old.addresses, now.addresses]
    })
  }
}
