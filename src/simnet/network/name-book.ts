import ipaddr from "ipaddr.js"
import { canonicalAddress, ipVersion } from "../../domain/address.ts"

const reverseName = (address: string): string => {
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === "ipv4") return `${parsed.toByteArray().toReversed().join(".")}.in-addr.arpa`
  const digits = parsed
    .toByteArray()
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
  return `${[...digits].toReversed().join(".")}.ip6.arpa`
}

const key = (name: string): string => name.toLowerCase().replace(/\.$/, "")

/** Names and addresses of the simulated internet, both ways. */
export class NameBook {
  readonly #addresses = new Map<string, Array<string>>()
  readonly #names = new Map<string, string>()

  /** A name with its addresses; addresses and onions are not names. */
  add(host: string, addresses: ReadonlyArray<string>): void {
    if (ipVersion(host) !== undefined || host.endsWith(".onion")) return
    const known = this.#addresses.get(key(host)) ?? []
    for (const address of addresses) {
      const canonical = canonicalAddress(address)
      if (canonical === undefined || known.includes(canonical)) continue
      known.push(canonical)
      const reverse = reverseName(canonical)
      if (!this.#names.has(reverse)) this.#names.set(reverse, host)
    }
    this.#addresses.set(key(host), known)
  }

  /** A name moved: it has the new addresses instead of the old ones, which are nobody's now. */
  replace(host: string, old: ReadonlyArray<string>, addresses: ReadonlyArray<string>): void {
    const known = this.#addresses.get(key(host))
    if (known === undefined) return
    const gone = new Set(old.map((address) => canonicalAddress(address)))
    this.#addresses.set(key(host), known.filter((address) => !gone.has(address)))
    for (const address of gone) {
      if (address !== undefined && this.#names.get(reverseName(address)) === host) this.#names.delete(reverseName(address))
    }
    this.add(host, addresses)
  }

  addressesOf(name: string): ReadonlyArray<string> | undefined {
    return this.#addresses.get(key(name))
  }

  /** The name behind `4.3.2.1.in-addr.arpa` or its IPv6 form. */
  nameOf(reverse: string): string | undefined {
    return this.#names.get(key(reverse))
  }
}
