import { ipVersion } from "../domain/address.ts"
import { addressNumber, rangeOfBlock } from "../domain/address-range.ts"
import { reverseName } from "../transport/reverse-name.ts"
import { asnOf, countryOf } from "./csv-shape.ts"

/**
 * Team Cymru's DNS interface, as its documentation describes it: questions are
 * TXT records, answers have fields between bars. Registry data, no geolocation.
 */

/** The zone that is asked about an address, stored as the source of its answers. */
export const originZone = { 4: "origin.asn.cymru.com", 6: "origin6.asn.cymru.com" } as const

/** The question who announces an address; undefined when it is none. */
export const originQuestion = (address: string): string | undefined => {
  const version = ipVersion(address)
  return version === undefined
    ? undefined
    : reverseName(address)!.replace(/\.(?:in-addr|ip6)\.arpa$/, `.${originZone[version]}`)
}

/** The question whose an autonomous system is. */
export const systemQuestion = (asn: string): string => `AS${asn}.asn.cymru.com`

/** Who announces an address, and what its registry says of the block. */
export interface Origin {
  /** Usually one. */
  readonly asns: ReadonlyArray<string>
  readonly block: string
  readonly country: string | null
  /** Registry and date of allocation. */
  readonly detail: string | null
}

const fieldsOf = (text: string): ReadonlyArray<string> => text.split("|").map((field) => field.trim())

const registered = (registry: string | undefined, date: string | undefined): string | null => {
  const name = /^[a-z]{1,20}$/.test(registry ?? "") ? registry! : undefined
  const day = /^\d{4}-\d\d-\d\d$/.test(date ?? "") ? `allocated ${date}` : undefined
  return [name, day].filter((part) => part !== undefined).join(", ") || null
}

/** Origins of one block, at most: more are nobody's honest answer. */
const mostOrigins = 16

/** `23028 | 216.90.108.0/24 | US | arin | 1998-09-25`, about a block that holds the address. */
const originOf = (text: string, address: string): (Origin & { readonly size: bigint }) | undefined => {
  const [systems, block, country, registry, date] = fieldsOf(text)
  const number = addressNumber(address)
  const range = rangeOfBlock(block ?? "")
  const asns = (systems ?? "").split(/\s+/)
  if (asns.length > mostOrigins || asns.some((asn) => !/^\d+$/.test(asn) || asnOf(asn) === null)) return undefined
  if (number === undefined || range === undefined || range.version !== number.version) return undefined
  if (number.value < range.first || number.value > range.last) return undefined
  return {
    asns: asns.map((asn) => asnOf(asn)!),
    block: block!,
    country: countryOf(country),
    detail: registered(registry, date),
    size: range.last - range.first
  }
}

/** Reads all answers about an address: the narrowest block counts, with all its origins. Undefined when none can be read. */
export const readOrigin = (texts: ReadonlyArray<string>, address: string): Origin | undefined => {
  const origins = texts.flatMap((text) => originOf(text, address) ?? [])
  const narrowest = origins.toSorted((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0))[0]
  if (narrowest === undefined) return undefined
  const asns = new Set(origins.filter(({ size }) => size === narrowest.size).flatMap((origin) => origin.asns))
  const { block, country, detail } = narrowest
  return { asns: [...asns].slice(0, mostOrigins), block, country, detail }
}

/** Whose an autonomous system is. */
export interface SystemHolder {
  /** Null where the registry has no name. */
  readonly name: string | null
  readonly country: string | null
}

const mostName = 200

/** `23028 | US | arin | 2002-01-04 | TEAM-CYMRU - Team Cymru Inc., US`; undefined when it cannot be read or is about another one. */
export const readSystem = (texts: ReadonlyArray<string>, asn: string): SystemHolder | undefined => {
  for (const text of texts) {
    const [number, code, , , ...rest] = fieldsOf(text)
    if (asnOf(number) !== asn || rest.length === 0) continue
    const country = countryOf(code)
    const whole = rest.join(" | ")
    // The country is repeated behind the name.
    const name = code !== undefined && code !== "" && whole.endsWith(`, ${code}`) ? whole.slice(0, -code.length - 2) : whole
    return { name: name.trim() === "" ? null : name.trim().slice(0, mostName), country }
  }
  return undefined
}
