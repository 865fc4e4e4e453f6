import { addressNumber, rangeOfBlock } from "../../domain/address-range.ts"
import { nameAttributes } from "../../domain/default-values.ts"
import { rateOf, servedByChance, upperTail } from "./by-chance.ts"
import type { BaseRate, Label, LabelFile, LabelKind } from "./label-file.ts"

/** What a server states, or a registry about it: a row of query stated-owners. */
export interface Statement {
  readonly server_id: number
  readonly kind: string
  readonly value: string
}

/** A random host in a prefix where servers stand: a row of table `random_host`. */
export interface RandomHost {
  readonly address: string
  readonly asn: number | null
  readonly org: string | null
  readonly names: ReadonlyArray<string>
}

/** The sample of random hosts of a crawl. */
export interface RandomHosts {
  readonly hosts: ReadonlyArray<RandomHost>
  /** Day on which the last was asked for, ISO 8601. */
  readonly date: string
}

/** How many fit, of those of which a value is known. */
export interface Hits {
  readonly hits: number
  readonly known: number
}

/** What one label was found at. */
export interface LabelFinding {
  readonly label: Label
  /** Servers of which such a value is known, or that there is none: a certificate was seen that states no organisation. */
  readonly known: number
  /** Servers that match, each with the value that does. */
  readonly matches: ReadonlyArray<{ readonly serverId: number; readonly host: string; readonly value: string }>
  /** The same of random hosts; null without a sample, and for what a sample cannot tell. */
  readonly random: Hits | null
}

/** What matches of one label come to, over all its patterns. */
export interface LabelTotal {
  readonly label: string
  readonly servers: number
  readonly known: number
  /** Of the file. */
  readonly baseRate: BaseRate | null
  /** By the sample, of patterns that tell hosts of one system apart (reverse names, addresses); null where it has nothing to tell. */
  readonly sample: { readonly servers: Hits; readonly random: Hits; readonly date: string } | null
  /** Probability of so many matches or more, if servers matched as often as random hosts, by the sample, else by the file's rate; null without either. */
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
  readonly random: RandomHosts | null
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

const statementsOf = (host: RandomHost, id: number): ReadonlyArray<Statement> => [
  { server_id: id, kind: "address", value: host.address },
  ...(host.asn === null ? [] : [{ server_id: id, kind: "asn", value: String(host.asn) }]),
  ...(host.org === null ? [] : [{ server_id: id, kind: "organisation", value: host.org }]),
  ...host.names.map((value) => ({ server_id: id, kind: "reverse name", value }))
]

/** Kinds of which a random host has a value. */
const sampledKinds: ReadonlySet<LabelKind> = new Set(["asn", "organisation", "reverse name", "address"])

/**
 * Kinds in which hosts of one system differ. By a system's number or holder
 * random hosts fit as often as servers by construction: they are drawn there.
 */
const tellingKinds: ReadonlySet<LabelKind> = new Set(["reverse name", "address"])

/** Which of some statements fit a label: by server the value that does. */
const fitting = (label: Label, statements: ReadonlyArray<Statement>): ReadonlyMap<number, string> => {
  const matching = new Map<number, string>()
  for (const one of statements) {
    const value = valuesFor(label.kind, one).find((text) => isMatch(label, text))
    if (value !== undefined && !matching.has(one.server_id)) matching.set(one.server_id, value)
  }
  return matching
}

/** Of how many any of some kinds is known. */
const knownIn = (statements: ReadonlyArray<Statement>, ...kinds: ReadonlyArray<LabelKind>): number =>
  new Set(statements.filter((one) => kinds.some((kind) => tells(kind, one))).map(({ server_id }) => server_id)).size

/** Who fits any of some patterns of one label, of those of whom any is known. */
const hitsOf = (labels: ReadonlyArray<Label>, statements: ReadonlyArray<Statement>): Hits => ({
  hits: new Set(labels.flatMap((label) => [...fitting(label, statements).keys()])).size,
  known: knownIn(statements, ...labels.map(({ kind }) => kind))
})

/** Looks for labels at servers. Only servers with a name are looked at: who is withheld is in none of the numbers. */
export const matchLabels = (
  servers: ReadonlyMap<number, string>,
  statements: ReadonlyArray<Statement>,
  given: { readonly file: string; readonly labels: LabelFile } | null,
  random: RandomHosts | null
): LabelFindings => {
  const shown = statements.filter(({ server_id }) => servers.has(server_id))
  const drawn = (random?.hosts ?? []).flatMap(statementsOf)
  const organisations = new Map<string, Set<number>>()
  for (const one of shown) {
    for (const value of valuesFor("certificate organisation", one)) {
      organisations.set(value, (organisations.get(value) ?? new Set()).add(one.server_id))
    }
  }
  const findings = (given?.labels.labels ?? []).map((label): LabelFinding => ({
    label,
    known: knownIn(shown, label.kind),
    matches: [...fitting(label, shown)].map(([serverId, value]) => ({ serverId, host: servers.get(serverId)!, value })),
    random: random === null || !sampledKinds.has(label.kind) ? null : hitsOf([label], drawn)
  }))
  const totals = [...Map.groupBy(findings, ({ label }) => label.label)].map(([label, some]): LabelTotal => {
    const found = new Set(some.flatMap(({ matches }) => matches.map(({ serverId }) => serverId))).size
    const known = Math.max(0, ...some.map((one) => one.known))
    const baseRate = given?.labels.base_rates?.find((rate) => rate.label === label) ?? null
    const telling = some.map((one) => one.label).filter(({ kind }) => tellingKinds.has(kind))
    const compared = { servers: hitsOf(telling, shown), random: hitsOf(telling, drawn) }
    const sample = random === null || compared.servers.known === 0 || compared.random.known === 0 ? null : { ...compared, date: random.date }
    const chance = sample !== null
      ? servedByChance(sample.servers, sample.random)
      : baseRate !== null
      ? upperTail(found, known, rateOf(baseRate))
      : null
    return { label, servers: found, known, baseRate, sample, chance }
  })
  return {
    file: given?.file ?? null,
    servers: servers.size,
    known: {
      asn: knownIn(shown, "asn"),
      organisation: knownIn(shown, "organisation"),
      "reverse name": knownIn(shown, "reverse name")
    },
    certificates: {
      seen: knownIn(shown, "certificate organisation"),
      stateOrganisation: new Set([...organisations.values()].flatMap((some) => [...some])).size
    },
    organisations: [...organisations].map(([value, some]) => ({ value, servers: some.size })).toSorted((a, b) => b.servers - a.servers || (a.value < b.value ? -1 : 1)),
    random,
    findings,
    totals
  }
}
