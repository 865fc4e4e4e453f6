import { namedHosts } from "../comparisons/certificate-names.ts"
import type { Comparison } from "../comparisons/comparison.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import type { KeyIndex } from "./key-index.ts"
import { isKey, roleOf } from "./operator-verdict.ts"

/**
 * Of certificates with a key that a server presented none names a host of its,
 * and never under them did it say that it goes by one, see `isPassedOn`.
 */
const onlyPassesOn = (server: ServerTraits, spkiSha256: string): boolean =>
  !server.certificates.some((it) =>
    it.spkiSha256 === spkiSha256 && (namedHosts(it, server).length > 0 || it.claimed.some((host) => server.hosts.includes(host))))

/** Who holds each private key that several servers show. */
export interface KeyHolders {
  /** By number of key, as it is compared by itself and by each of its certificates: its holders as positions. Who only passes on what another shows holds none. */
  readonly byNumber: ReadonlyMap<number, ReadonlyArray<number>>
  /** By private key: its numbers. */
  readonly numbers: ReadonlyArray<ReadonlyArray<number>>
}

/** @param originals by position whom it copies or relays by what it claims */
export const keyHolders = (
  servers: ReadonlyArray<ServerTraits>,
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  originals: ReadonlyArray<ReadonlySet<number>>
): KeyHolders => {
  const shown = new Map<string, { readonly numbers: Array<number>; readonly servers: Set<number> }>()
  comparisons.forEach((comparison, c) => {
    if (!isKey(roleOf(comparison).leg)) return
    for (const [text, number] of index.numbers[c]!) {
      const having = index.servers[number]!
      const spki = servers[having[0]!]!.certificates.find(({ sha256 }) => sha256 === text)?.spkiSha256 ?? text
      const known = shown.get(spki) ?? { numbers: [], servers: new Set() }
      known.numbers.push(number)
      for (const server of having) known.servers.add(server)
      shown.set(spki, known)
    }
  })
  const byNumber = new Map<number, ReadonlyArray<number>>()
  const numbers: Array<ReadonlyArray<number>> = []
  for (const [spki, key] of shown) {
    if (key.servers.size < 2) continue
    const own = [...key.servers].filter((server) => originals[server]!.size === 0 && !onlyPassesOn(servers[server]!, spki))
    for (const number of key.numbers) byNumber.set(number, own)
    numbers.push(key.numbers)
  }
  return { byNumber, numbers }
}
