import type { ServerTraits } from "../traits/server-traits.ts"

/** Values of a server by feature, each as a set: two servers agree on a feature when they share a value. Unknown features are missing. */
export type Features = ReadonlyMap<string, ReadonlySet<string>>

/** The block of addresses that belongs to one customer as a rule: /24, or /48 for IPv6. */
const blockOf = (address: string): string => address.includes(":")
  ? address.split(":").slice(0, 3).join(":")
  : address.split(".").slice(0, 3).join(".")

/** The traits as plain categories, without rarity, direction or doubt: what the baselines are given. */
export const featuresOf = (server: ServerTraits): Features => {
  const own = server.certificates.filter(({ isDefault }) => !isDefault)
  const values: ReadonlyArray<readonly [feature: string, values: ReadonlyArray<string | null>]> = [
    ["key", own.map(({ spkiSha256 }) => spkiSha256)],
    ["subject", own.map(({ subject }) => subject)],
    ["banner", [server.banner?.normalised ?? null]],
    ["donation", [server.donation?.normalised ?? null]],
    ["hosts shape", [server.hostsShape]],
    ["ports", [server.endpoints.map(({ port, transport }) => `${transport} ${port}`).toSorted().join(", ")]],
    ["block", server.addresses.map(({ address }) => blockOf(address))],
    ["asn", server.addresses.map(({ asn }) => asn === null ? null : String(asn))],
    ["software", [server.implementation]],
    ["fingerprint", [server.fingerprintHash]],
    ...server.snapshots.flatMap(({ fees, histogramText, snapshotId }) => [
      [`fees of snapshot ${snapshotId}`, [fees.size === 0 ? null : JSON.stringify([...fees])]],
      [`histogram of snapshot ${snapshotId}`, [histogramText]]
    ] as const)
  ]
  return new Map(values.flatMap(([feature, all]) => {
    const known = all.filter((value) => value !== null && value !== "")
    return known.length === 0 ? [] : [[feature, new Set(known as ReadonlyArray<string>)] as const]
  }))
}

/** Features that two servers agree on, of those known of both. */
const agreements = (a: Features, b: Features): { readonly agreed: number; readonly known: number } => {
  let [agreed, known] = [0, 0]
  for (const [feature, values] of a) {
    const others = b.get(feature)
    if (others === undefined) continue
    known++
    if (values.values().some((value) => others.has(value))) agreed++
  }
  return { agreed, known }
}

/** Share of the features known of both that differ (Gower's distance of categories); 1 where nothing is. */
export const featureDistance = (a: Features, b: Features): number => {
  const { agreed, known } = agreements(a, b)
  return known === 0 ? 1 : 1 - agreed / known
}

/** Whether two servers agree on anything. */
export const shareAnything = (a: Features, b: Features): boolean => agreements(a, b).agreed > 0
