/** A server presented a certificate with this public key. */
export interface PresentedKey {
  readonly serverId: number
  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  readonly spkiSha256: string
  readonly keyType: string
  /** SHA-256 of the certificate, hex: certificates may differ and have one key. */
  readonly certificateSha256: string
}

/** Servers that presented one public key, so that each holds, or is fronted by who holds, one private key. */
export interface SharedKeyGroup {
  readonly spkiSha256: string
  readonly keyType: string
  /** Distinct, ascending. */
  readonly certificates: ReadonlyArray<string>
  /** Distinct, ascending; two or more. */
  readonly serverIds: ReadonlyArray<number>
}

const distinct = <A extends string | number>(values: ReadonlyArray<A>): ReadonlyArray<A> =>
  [...new Set(values)].toSorted((a, b) => a < b ? -1 : a > b ? 1 : 0)

/**
 * Groups of two or more servers that share a public key, the largest first. A
 * server with two keys may be in two groups: nothing is inferred through it.
 */
export const sharedKeyGroups = (presented: Iterable<PresentedKey>): ReadonlyArray<SharedKeyGroup> =>
  [...Map.groupBy(presented, (key) => key.spkiSha256)]
    .map(([spkiSha256, keys]) => ({
      spkiSha256,
      keyType: distinct(keys.map((key) => key.keyType))[0]!,
      certificates: distinct(keys.map((key) => key.certificateSha256)),
      serverIds: distinct(keys.map((key) => key.serverId))
    }))
    .filter((group) => group.serverIds.length > 1)
    .toSorted((a, b) => b.serverIds.length - a.serverIds.length || (a.spkiSha256 < b.spkiSha256 ? -1 : 1))

/** What the group is evidence of, in a sentence that names nobody. */
export const sharedKeyStatement = (group: SharedKeyGroup, simulated: boolean): string =>
  `${simulated ? "SIMULATED: " : ""}${group.serverIds.length} servers share a private key: ` +
  "probably one operator or one software image."

/** What else may be behind a shared key; stored with every group. */
export const sharedKeyExplanations: ReadonlyArray<string> = [
  "a software image or guide that comes with a ready-made key",
  "one TLS proxy or tunnel in front of servers of several people",
  "a server that moved to another address and was met at both"
]
