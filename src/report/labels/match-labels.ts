import { addressNumber, rangeOfBlock } from "../../domain/address-range.ts"
import { nameAttributes } from "../../domain/default-values.ts"
import type { BaseRate, Label, LabelFile, LabelKind } from "./label-file.ts"

/** What a server states, or a registry about it: a row of query stated-owners. */
export interface Statement {
  readonly server_id: number
  readonly kind: string
  readonly value: string
}

/** What one label was found at. */
export interface LabelFinding {
  readonly label: Label
  /** Servers of which such a value is known, or that there is none: a certificate was seen that states no organisation. */
  readonly known: number
  /** Servers that match, each with the value that does. */
  readonly matches: ReadonlyArray<{ readonly serverId: number; readonly host: string; readonly value: string }>
}

/** What matches of one label come to, over all its patterns. */
export interface LabelTotal {
  readonly label: string
  readonly servers: number
  readonly known: number
  readonly baseRate: BaseRate | null
  /** Probability of so many matches or more, if servers matched as often as random hosts; null without a base rate. */
  readonly chance: number | null
}

/** What the servers shown state about their owners, and what labels were found. */
export interface LabelFindings {
  /** Null: no file was given. */
  readonly file: string | null
  readonly servers: number
  /** Servers of which a value of each kind is known. */
  readonly known: Readonly<Record<"asn" | "organisation" | "reverse name", number>>
  /** Servers of which a certificate was seen, and of these those whose certificate states an organisation of its subject. */
  readonly certificates: { readonly seen: number; readonly stateOrganisation: number }
  /** Organisations that certificates state as their subject's, by servers. */
  readonly organisations: ReadonlyArray<{ readonly value: string; readonly servers: number }>
  readonly findings: ReadonlyArray<LabelFinding>
  readonly totals: ReadonlyArray<LabelTotal>
}

/** The organisations (O) in a certificate's name of its subject. */
export const organisationsIn = (name: string): ReadonlyArray<string> =>
  nameAttributes(name).filter((attribute) => attribute.startsWith("O=")).map((attribute) => attribute.slice(2)).filter((text) => text !== "")

/** The statements that a kind of label is compared with. */
const valuesFor = (kind: LabelKind, { kind: said, value }: Statement): ReadonlyArray<string> =>
  kind === "certificate organisation"
    ? said === "certificate subject" ? organisationsIn(value) : []
    : said === kind ? [value] : []

/** Whether a statement tells if there is such a value: a certificate that states no organisation is a known no. */
const tells = (kind: LabelKind, statement: Statement): boolean =>
  kind === "certificate organisation"
    ? statement.kind === "certificate subject" || statement.kind === "certificate issuer"
    : valuesFor(kind, statement).length > 0

const isBelow = (host: string, domain: string): boolean => {
  const [name, above] = [host, domain].map((text) => text.toLowerCase().replace(/\.$/, ""))
  return name === above || name!.endsWith(`.${above}`)
}

/** Whether a value has words in it, as words and not as parts of longer ones. */
const hasWords = (value: string, words: string): boolean => {
  const plain = (text: string) => ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `
  return plain(words) !== "  " && plain(value).includes(plain(words))
}

/** Whether a value matches a label. */
export const isMatch = ({ kind, pattern }: Label, value: string): boolean => {
  switch (kind) {
    case "asn":
      return value === pattern.replace(/^AS/i, "")
    case "organisation":
    case "certificate organisation":
      return hasWords(value, pattern)
    case "reverse name":
      return isBelow(value, pattern.replace(/^\*\./, ""))
    case "host":
      return pattern.startsWith("*.") ? isBelow(value, pattern.slice(2)) : value.toLowerCase() === pattern.toLowerCase()
    case "address": {
      const address = addressNumber(value)
      const range = rangeOfBlock(pattern.includes("/") ? pattern : `${pattern}/${pattern.includes(":") ? 128 : 32}`)
      return address !== undefined && range !== undefined && address.version === range.version && address.value >= range.first && address.value <= range.last
    }
  }
}

/**
 * Probability of `hits` or more among `tried` if each came with probability
 * `rate`: the upper tail of the binomial distribution.
 */
export const upperTail = (hits: number, tried: number, rate: number): number => {
  if (hits <= 0) return 1
  if (rate <= 0 || hits > tried) return 0
  if (rate >= 1) return 1
  let [log, tail] = [tried * Math.log1p(-rate), 0]
  for (let k = 0; k <= tried; k++) {
    if (k > 0) log += Math.log((tried - k + 1) / k) + Math.log(rate) - Math.log1p(-rate)
    if (k >= hits) tail += Math.exp(log)
  }
  return Math.min(1, tail)
}

/** With no hit among n random hosts the rate is not zero: half a hit is added, which is the Jeffreys estimate. */
const rateOf = ({ hits, hosts }: BaseRate): number => (hits + 0.5) / (hosts + 1)

/** Looks for labels at servers. Only servers with a name are looked at: who is withheld is in none of the numbers. */
export const matchLabels = (
  servers: ReadonlyMap<number, string>,
  statements: ReadonlyArray<Statement>,
  given: { readonly file: string; readonly labels: LabelFile } | null
): LabelFindings => {
  const shown = statements.filter(({ server_id }) => servers.has(server_id))
  const knownOf = (kind: LabelKind): number => new Set(shown.filter((one) => tells(kind, one)).map(({ server_id }) => server_id)).size
  const organisations = new Map<string, Set<number>>()
  for (const one of shown) {
    for (const value of valuesFor("certificate organisation", one)) {
      organisations.set(value, (organisations.get(value) ?? new Set()).add(one.server_id))
    }
  }
  const findings = (given?.labels.labels ?? []).map((label): LabelFinding => {
    const matching = new Map<number, string>()
    for (const one of shown) {
      const value = valuesFor(label.kind, one).find((text) => isMatch(label, text))
      if (value !== undefined && !matching.has(one.server_id)) matching.set(one.server_id, value)
    }
    return {
      label,
      known: knownOf(label.kind),
      matches: [...matching].map(([serverId, value]) => ({ serverId, host: servers.get(serverId)!, value }))
    }
  })
  const totals = [...Map.groupBy(findings, ({ label }) => label.label)].map(([label, some]): LabelTotal => {
    const found = new Set(some.flatMap(({ matches }) => matches.map(({ serverId }) => serverId))).size
    const known = Math.max(0, ...some.map((one) => one.known))
    const baseRate = given?.labels.base_rates?.find((rate) => rate.label === label) ?? null
    return { label, servers: found, known, baseRate, chance: baseRate === null ? null : upperTail(found, known, rateOf(baseRate)) }
  })
  return {
    file: given?.file ?? null,
    servers: servers.size,
    known: {
      asn: knownOf("asn"),
      organisation: knownOf("organisation"),
      "reverse name": knownOf("reverse name")
    },
    certificates: {
      seen: knownOf("certificate organisation"),
      stateOrganisation: new Set([...organisations.values()].flatMap((some) => [...some])).size
    },
    organisations: [...organisations].map(([value, some]) => ({ value, servers: some.size })).toSorted((a, b) => b.servers - a.servers || (a.value < b.value ? -1 : 1)),
    findings,
    totals
  }
}
