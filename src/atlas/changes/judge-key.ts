import { ipVersion } from "../../domain/address.ts"
import type { ComparedServer } from "./crawl-change.ts"
import type { KeyHolders, ServerPair } from "./pair-servers.ts"

/** What another key at an endpoint comes from: `null` where no key changed, and where that cannot be told `because`. */
export type KeyVerdict = null | { readonly because: string | null }

/**
 * Whether two lists of addresses have none in common, within one family: a name
 * that was dialled over IPv4 and then over IPv6 has not moved. Null: not known.
 */
export const haveNoAddressInCommon = (some: ReadonlyArray<string>, others: ReadonlyArray<string>): boolean | null => {
  const isKnown = ([4, 6] as const).some((version) => [some, others].every((list) => list.some((address) => ipVersion(address) === version)))
  return isKnown ? !some.some((address) => others.includes(address)) : null
}

const othersWho = (holders: KeyHolders, keys: ReadonlyArray<string>, except: ComparedServer): ReadonlyArray<ComparedServer> =>
  keys.flatMap((key) => [...holders.get(key) ?? []]).filter((server) => server !== except)

/** Whether a pair's key changed, and if it is certain that the server did it. */
export const judgeKey = ({ anchor, now, old }: ServerPair, pairs: ReadonlyMap<ComparedServer, ServerPair>, keysBefore: KeyHolders, keysAfter: KeyHolders): KeyVerdict => {
  const [before, after] = [[...new Set(old.keys.values())], [...new Set(now.keys.values())]]
  const changed = [...now.keys].some(([endpoint, key]) => old.keys.has(endpoint) && old.keys.get(endpoint) !== key)
  if (!changed || after.some((key) => before.includes(key))) return null
  const earlier = othersWho(keysBefore, after, old)[0]
  if (earlier !== undefined) return { because: `the key that ${earlier.row.host} showed before` }
  // Who shows the old key now and did before shares it; who did not may be the server itself, elsewhere.
  const later = othersWho(keysAfter, before, now).find((server) => {
    const its = pairs.get(server)
    return its === undefined || !before.some((key) => [...its.old.keys.values()].includes(key))
  })
  if (later !== undefined) return { because: `${later.row.host} shows its old key now` }
  if (anchor === "address") return { because: "known by its address only, which may be another's now" }
  const onion = now.row.hosts.some((host) => host.endsWith(".onion") && old.row.hosts.includes(host))
  if (onion) return { because: null }
  const apart = haveNoAddressInCommon(old.addresses, now.addresses)
  if (apart === null) return { because: "its address is not known" }
  if (apart) return { because: "at another address, to which its name may lead by mistake" }
  if (old.addresses.length > 1 || now.addresses.length > 1) return { because: "its name has several addresses, perhaps of several servers" }
  return { because: null }
}
