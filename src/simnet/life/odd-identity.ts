import type { SeededRandom } from "../draw/random.ts"
import { makeTlsIdentity } from "../identity/tls-identities.ts"
import type { TlsIdentity } from "../server/tls-identity.ts"
import type { Trait } from "../server/trait.ts"

const year = 365 * 86_400_000

/**
 * The certificates of a server with a trait about them.
 *
 * @param now milliseconds since 1970 by the real clock, when the simulation began
 */
export const oddIdentity = (
  kind: NonNullable<Trait["certificate"]>,
  hosts: ReadonlyArray<string>,
  random: SeededRandom,
  now: number
): (() => TlsIdentity) => {
  let connections = 0
  switch (kind) {
    case "expired":
      return () => makeTlsIdentity(hosts, random, now - 11 * year)
    case "future":
      return () => makeTlsIdentity(hosts, random, now + 11 * year)
    case "wrong name":
      return () => makeTlsIdentity(["somebody-else.test"], random, now)
    case "old tls":
      return () => ({ ...makeTlsIdentity(hosts, random, now), newest: "TLSv1.1" })
    case "long chain":
      return () => {
        const leaf = makeTlsIdentity(hosts, random, now)
        const others = Array.from({ length: 100 }, (_, i) => makeTlsIdentity(hosts, random.fork(String(i)), now))
        return { ...leaf, certificate: [leaf, ...others].map((identity) => identity.certificate).join("") }
      }
    case "new each time":
      return () => makeTlsIdentity(hosts, random.fork(`connection ${connections++}`), now)
  }
}
