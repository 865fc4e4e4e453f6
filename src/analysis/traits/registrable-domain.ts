import { parse } from "tldts"
import { ipVersion } from "../../domain/address.ts"
import { defaultOf } from "../../domain/defaults.ts"
import { isOnion } from "../../domain/host.ts"

/** A name taken apart at the place where it was registered. */
export interface RegistrableDomain {
  /** The part that somebody registered, or was given by a hoster: `a.example.org` -> `example.org`. */
  readonly domain: string
  /** Its first label, e.g. `example`. */
  readonly label: string
  /** Labels before the domain, in order; empty for the domain itself. */
  readonly below: ReadonlyArray<string>
  /** Its suffix belongs to somebody who gives names to strangers (hosters, dynamic DNS), not to a registry. */
  readonly byProvider: boolean
}

/** Reads names by the Public Suffix List; undefined for addresses, onions and suffixes themselves. */
export type DomainReader = (host: string) => RegistrableDomain | undefined

/** A rule in the form of the Public Suffix List: `co.uk`, `*.hoster.example`, `!www.hoster.example`. */
export interface SuffixRule {
  readonly rule: string
  /** Of somebody who gives names to strangers; false in the list's section of registries. */
  readonly byProvider: boolean
}

/**
 * The rules of a file in the form of the Public Suffix List. What stands outside
 * of its section of registries (ICANN) is taken for providers'.
 */
export const parsePublicSuffixes = (text: string): ReadonlyArray<SuffixRule> => {
  const rules: Array<SuffixRule> = []
  let byProvider = true
  for (const line of text.split(/\r\n|\r|\n/)) {
    const section = /^\/\/ *===(BEGIN|END) ICANN DOMAINS===/.exec(line)
    if (section !== null) byProvider = section[1] === "END"
    const rule = line.trim().split(/\s/, 1)[0]!.toLowerCase()
    if (rule !== "" && !rule.startsWith("//")) rules.push({ rule, byProvider })
  }
  return rules
}

interface Suffix {
  readonly labels: number
  readonly byProvider: boolean
}

const byRules = (labels: ReadonlyArray<string>, rules: ReadonlyMap<string, boolean>): Suffix => {
  for (let from = 0; from < labels.length; from++) {
    const name = labels.slice(from).join(".")
    const exception = rules.get(`!${name}`)
    if (exception !== undefined) return { labels: labels.length - from - 1, byProvider: exception }
    const byProvider = rules.get(name) ?? rules.get(`*.${labels.slice(from + 1).join(".")}`)
    if (byProvider !== undefined) return { labels: labels.length - from, byProvider }
  }
  return { labels: 0, byProvider: false }
}

const byCatalogue = (host: string): Suffix => {
  const entry = defaultOf("host name suffix", host)
  return { labels: entry !== undefined && "value" in entry ? entry.value.split(".").length : 0, byProvider: true }
}

/**
 * Labels in which an IPv4 address stands, forwards or backwards, as in
 * `static.4.3.2.1.clients.hoster.example` and `1-2-3-4.sslip.example`: what a
 * hoster calls a machine, or a service any address. Nobody can list all of them.
 */
const addressIn = /(?:^|[^0-9])(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(?:([.-])(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2}))(?:\1(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){2}(?=[.-]|$)/

/**
 * A reader by the Public Suffix List with its private section, the hosters' and
 * dynamic-DNS suffixes of the catalogue of defaults, and the user's rules; the
 * longest suffix counts. A name with an address in it is a machine's, with no domain but itself. Answers are kept, since names repeat.
 */
export const makeDomainReader = (extra: Iterable<SuffixRule> = []): DomainReader => {
  const rules = new Map([...extra].map(({ byProvider, rule }) => [rule, byProvider]))
  const read = (host: string): RegistrableDomain | undefined => {
    if (isOnion(host) || ipVersion(host) !== undefined) return undefined
    const { isPrivate, publicSuffix } = parse(host, { allowPrivateDomains: true, extractHostname: false })
    const labels = host.split(".")
    if (publicSuffix === null || labels.includes("")) return undefined
    const listed = { labels: publicSuffix.split(".").length, byProvider: isPrivate === true }
    // Of rules for one suffix that of a provider wins: too few agreements are better than a false one.
    const [longest] = [listed, byCatalogue(host), byRules(labels, rules)]
      .toSorted((a, b) => b.labels - a.labels || Number(b.byProvider) - Number(a.byProvider))
    const at = labels.length - longest!.labels - 1
    if (at < 0) return undefined
    if (addressIn.test(labels.slice(0, at + 1).join("."))) return { domain: host, label: labels[0]!, below: [], byProvider: true }
    return {
      domain: labels.slice(at).join("."),
      label: labels[at]!,
      below: labels.slice(0, at),
      byProvider: longest!.byProvider
    }
  }
  const known = new Map<string, RegistrableDomain | undefined>()
  return (host) => {
    if (!known.has(host)) known.set(host, read(host))
    return known.get(host)
  }
}
