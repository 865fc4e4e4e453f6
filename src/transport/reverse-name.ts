import ipaddr from "ipaddr.js"
import { ipVersion } from "../domain/address.ts"

/** The name whose PTR records speak of an address (RFC 1035 section 3.5, RFC 3596 section 2.5); undefined for none. */
export const reverseName = (address: string): string | undefined => {
  const version = ipVersion(address)
  if (version === undefined) return undefined
  const bytes = ipaddr.parse(address).toByteArray()
  if (version === 4) return `${bytes.toReversed().join(".")}.in-addr.arpa`
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15]).toReversed()
  return `${nibbles.map((nibble) => nibble.toString(16)).join(".")}.ip6.arpa`
}
