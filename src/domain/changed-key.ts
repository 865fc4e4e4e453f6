import { ipVersion } from "./address.ts"

/** What is known where another key is shown than before. */
export interface ChangedKey {
  /** By what it is taken for the same server. */
  readonly knownBy: "name" | "onion" | "address"
  /** Host of somebody else who showed the new key before; null: of nobody that is known. */
  readonly earlierHolder: string | null
  /** Host of somebody else who shows the old key since, and did not before; null: of nobody that is known. */
  readonly laterHolder: string | null
  /** Its addresses before and after; none where they are not known, as behind a proxy. */
  readonly addresses: readonly [before: ReadonlyArray<string>, after: ReadonlyArray<string>]
}

/**
 * Whether two lists of addresses have none in common, within one family: a name
 * that was dialled over IPv4 and then over IPv6 has not moved. Null: not known.
 */
export const haveNoAddressInCommon = (some: ReadonlyArray<string>, others: ReadonlyArray<string>): boolean | null => {
  const isKnown = ([4, 6] as const).some((version) => [some, others].every((list) => list.some((address) => ipVersion(address) === version)))
  return isKnown ? !some.some((address) => others.includes(address)) : null
}

/** Why it cannot be told whether a server changed its key or another one is there now; null: the server changed it. */
export const whyUnclear = ({ addresses: [before, after], earlierHolder, knownBy, laterHolder }: ChangedKey): string | null => {
  if (earlierHolder !== null) return `the key that ${earlierHolder} showed before`
  if (laterHolder !== null) return `${laterHolder} shows its old key now`
  if (knownBy === "address") return "known by its address only, which may be another's now"
  if (knownBy === "onion") return null
  const apart = haveNoAddressInCommon(before, after)
  if (apart === null) return "its address is not known"
  if (apart) return "at another address, to which its name may lead by mistake"
  return before.length > 1 || after.length > 1 ? "its name has several addresses, perhaps of several servers" : null
}
