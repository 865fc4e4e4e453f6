import ipaddr from "ipaddr.js"
import { type BlockFacts, narrowestBlock } from "../plan/address-facts.ts"
import type { Plan } from "../plan/plan.ts"
import { blocksOf } from "../plan/world-blocks.ts"

/** The TXT records of a name in the zones of the simulated registry; undefined for names it does not have. */
export type RegistryAnswers = (name: string) => ReadonlyArray<string> | undefined

/** The simulated internet has one registry, which gave everything out on one day. */
const registry = "simnic | 2020-01-01"

/** The address that a question spells backwards; undefined when it spells none. */
const addressIn = (labels: string, version: 4 | 6): string | undefined => {
  const parts = labels.split(".").toReversed()
  if (version === 4) {
    const address = parts.join(".")
    return parts.length === 4 && ipaddr.IPv4.isValidFourPartDecimal(address) ? address : undefined
  }
  if (parts.length !== 32 || !parts.every((part) => /^[0-9a-f]$/.test(part))) return undefined
  return ipaddr.fromByteArray(Array.from({ length: 16 }, (_, i) => parseInt(parts[2 * i]! + parts[2 * i + 1]!, 16))).toString()
}

/**
 * What Team Cymru's DNS interface would say of the simulated internet: who
 * announces an address (`origin.asn.cymru.com`, `origin6.asn.cymru.com`), and
 * whose an autonomous system is (`AS64500.asn.cymru.com`).
 */
export const registryAnswers = (plan: Plan): RegistryAnswers => {
  const rows = blocksOf(plan)
  const blockOf = narrowestBlock(rows)
  const holders = new Map<number, BlockFacts>()
  for (const row of rows) {
    if (row.asn !== null && row.org !== null && !holders.has(row.asn)) holders.set(row.asn, row)
  }
  const origin = (address: string | undefined): ReadonlyArray<string> | undefined => {
    const block = address === undefined ? undefined : blockOf(address)
    if (block === undefined || block.asn === null) return undefined
    return [`${block.asn} | ${block.network} | ${block.country ?? ""} | ${registry}`]
  }
  return (asked) => {
    const name = asked.toLowerCase()
    const [, labels, six] = /^(.+)\.origin(6?)\.asn\.cymru\.com$/.exec(name) ?? []
    if (labels !== undefined) return origin(addressIn(labels, six === "6" ? 6 : 4))
    const holder = holders.get(Number(/^as(\d{1,10})\.asn\.cymru\.com$/.exec(name)?.[1]))
    if (holder === undefined) return undefined
    const country = holder.country ?? ""
    return [`${holder.asn} | ${country} | ${registry} | ${holder.org}${country === "" ? "" : `, ${country}`}`]
  }
}
