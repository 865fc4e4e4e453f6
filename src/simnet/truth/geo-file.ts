import { placeOf } from "../plan/places.ts"
import type { Plan } from "../plan/plan.ts"
import { blocksOf } from "../plan/world-blocks.ts"

const quoted = (value: string | number | null): string => {
  const text = String(value ?? "")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * Where the addresses of a simulated world are and whose, as `simnet --geo FILE`
 * writes it: CSV (RFC 4180, LF) with the header `network,country,city,latitude,longitude,asn,org`.
 * `network` is IPv4 or IPv6 in CIDR form; where blocks lie within each other the
 * narrowest is right. `country` has two letters, `asn` no prefix, a city's place is in
 * degrees; unknown is empty.
 */
export const geoText = (plan: Plan): string =>
  [
    "network,country,city,latitude,longitude,asn,org",
    ...blocksOf(plan).map(({ network, country, city, asn, org }) => {
      const place = placeOf(country, city)
      return [network, country, city, place?.latitude ?? null, place?.longitude ?? null, asn, org].map(quoted).join(",")
    })
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
