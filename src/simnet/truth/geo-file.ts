import { ipVersion } from "../../domain/address.ts"
import { addressesOf, type BlockFacts, hostingBlocks } from "../plan/address-facts.ts"
import type { Plan } from "../plan/plan.ts"

const quoted = (value: string | number | null): string => {
  const text = String(value ?? "")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const rowsOf = (plan: Plan): ReadonlyArray<BlockFacts> => {
  const blocks = hostingBlocks(plan.scenario)
  const rows = new Map(blocks.map((facts) => [facts.network, facts]))
  for (const server of plan.servers) {
    for (const name of server.names.filter((name) => name.country !== null || name.asn !== null)) {
      for (const address of name.facts === null ? addressesOf(name) : []) {
        const network = `${address}/${ipVersion(address) === 4 ? 32 : 128}`
        rows.set(network, { network, country: name.country, city: null, asn: name.asn, org: null })
      }
    }
  }
  return [...rows.values()].toSorted((a, b) => (a.network < b.network ? -1 : 1))
}

/**
 * Where the addresses of a simulated world are and whose, as `simnet --geo FILE`
 * writes it: CSV (RFC 4180, LF) with the header `network,country,city,asn,org`.
 * `network` is IPv4 or IPv6 in CIDR form; where blocks lie within each other the
 * narrowest is right. `country` has two letters, `asn` no prefix; unknown is empty.
 */
export const geoText = (plan: Plan): string =>
  [
    "network,country,city,asn,org",
    ...rowsOf(plan).map(({ network, country, city, asn, org }) => [network, country, city, asn, org].map(quoted).join(","))
  ]
    .map((line) => `${line}\n`)
    .join("")

/**
 * Domains of the simulated world under which strangers have names, in the form
 * of the Public Suffix List: what its private section is for the real world.
 */
export const publicSuffixText = (plan: Plan): string =>
  [
    "// ===BEGIN ICANN DOMAINS===",
    "test",
    "// ===END ICANN DOMAINS===",
    "// ===BEGIN PRIVATE DOMAINS===",
    ...(plan.scenario.public_suffixes ?? []),
    "// ===END PRIVATE DOMAINS==="
  ]
    .map((line) => `${line}\n`)
    .join("")
