import type { ServerRow } from "./server-row.ts"

/** Fields of which any of some texts will do. */
export const textLists = ["implementation", "country", "networkClass", "networkClasses", "cloud", "tls"] as const
/** Fields of which any of some numbers will do. */
export const numberLists = ["asn", "cluster", "community", "behaviour"] as const
/** Yes-or-no fields, of which a third answer is that it is not known. */
export const answers = ["reachable", "walletAccepts"] as const
/** Fields that have to lie between two bounds, which belong to the range; either may be missing. */
export const ranges = ["score", "degree", "names", "core", "latency", "uptime"] as const

export type TextList = typeof textLists[number]
export type NumberList = typeof numberLists[number]
export type AnswerField = typeof answers[number]
export type RangeField = typeof ranges[number]

/** Fields of which "not known" can be asked for; of yes-or-no fields it is one of the answers. */
export const unknowable = [...textLists, ...numberLists, "score", "core", "latency", "uptime"] as const
export type Unknowable = typeof unknowable[number]

/** What can be asked of a yes-or-no field. */
export const answerWords = ["yes", "no", "unknown"] as const
export type Answer = typeof answerWords[number]

/** Words of the filter for the bounds of a range. */
export type Bound = `${RangeField}${"Min" | "Max"}`
export const bounds: ReadonlyArray<Bound> = ranges.flatMap((name) => [`${name}Min` as const, `${name}Max` as const])

/**
 * What a list of servers is narrowed to. The viewer's URL, the API's query and
 * exports say it with the same words; absent means "all".
 */
export type ServerFilter =
  & {
    /** Part of a host, address, software or organisation, without regard to case. */
    readonly search?: string
    /** Fields of which nothing is known, or (with values or bounds of the same field) nothing else than these. */
    readonly unknown?: ReadonlyArray<Unknowable>
  }
  & { readonly [Name in TextList]?: ReadonlyArray<string> }
  & { readonly [Name in NumberList]?: ReadonlyArray<number> }
  & { readonly [Name in AnswerField]?: Answer }
  & { readonly [Name in Bound]?: number }

/** Kinds of address that a server has, as one text; null where it has none. */
const kindsOfAddress = ({ networkClasses }: Pick<ServerRow, "networkClasses">): string | null =>
  networkClasses.length === 0 ? null : [...networkClasses].sort().join("+")

const listed = (value: string | number | null): ReadonlyArray<string | number> => value === null ? [] : [value]

/** What a server has of a list's field; nothing where it is not known. */
export const valuesOf: { readonly [Name in TextList | NumberList]: (row: ServerRow) => ReadonlyArray<string | number> } = {
  implementation: (row) => listed(row.implementation),
  country: (row) => listed(row.country),
  networkClass: (row) => row.networkClasses,
  networkClasses: (row) => listed(kindsOfAddress(row)),
  cloud: (row) => listed(row.cloud),
  tls: (row) => listed(row.tls),
  asn: (row) => listed(row.asn),
  cluster: (row) => listed(row.clusterId),
  community: (row) => listed(row.communityId),
  behaviour: (row) => listed(row.behaviourClusterId)
}

/** The measure that a range is about. */
export const measureOf: { readonly [Name in RangeField]: (row: ServerRow) => number | null } = {
  score: (row) => row.score,
  /** Servers that name it. */
  degree: (row) => row.namedBy,
  /** Servers that it names. */
  names: (row) => row.names,
  core: (row) => row.core,
  /** Milliseconds. */
  latency: (row) => row.latencyMs,
  /** Share of visits answered, 0 to 1. */
  uptime: (row) => row.uptimeShare
}

const answerOf: { readonly [Name in AnswerField]: (row: ServerRow) => boolean | null } = {
  reachable: (row) => row.reachable,
  walletAccepts: (row) => row.walletAccepts
}

const isFound = (row: ServerRow, search: string): boolean => {
  const wanted = search.toLowerCase()
  return [...row.hosts, ...row.addresses, row.software, row.implementation, row.org].some(
    (text) => text !== null && text.toLowerCase().includes(wanted)
  )
}

type Test = (row: ServerRow) => boolean

/** What a filter asks of a server; nothing for what narrows nothing. */
const testsOf = (filter: ServerFilter): ReadonlyArray<Test> => {
  const tests: Array<Test> = []
  const { search, unknown = [] } = filter
  const mayBeUnknown = new Set<string>(unknown)
  if (search !== undefined && search !== "") tests.push((row) => isFound(row, search))
  for (const name of [...textLists, ...numberLists]) {
    const chosen = new Set<string | number>(filter[name])
    const orUnknown = mayBeUnknown.has(name)
    if (chosen.size === 0 && !orUnknown) continue
    tests.push((row) => {
      const values = valuesOf[name](row)
      return values.length === 0 ? orUnknown : values.some((value) => chosen.has(value))
    })
  }
  for (const name of answers) {
    const wanted = filter[name]
    if (wanted === undefined) continue
    tests.push((row) => {
      const answer = answerOf[name](row)
      return wanted === (answer === null ? "unknown" : answer ? "yes" : "no")
    })
  }
  for (const name of ranges) {
    const [low, high] = [filter[`${name}Min`], filter[`${name}Max`]]
    const orUnknown = mayBeUnknown.has(name)
    const isUnbounded = low === undefined && high === undefined
    if (isUnbounded && !orUnknown) continue
    tests.push((row) => {
      const value = measureOf[name](row)
      return value === null ? orUnknown : !isUnbounded && (low === undefined || value >= low) && (high === undefined || value <= high)
    })
  }
  return tests
}

/** Whether servers pass a filter; what is not known passes no filter on it but that for "not known". */
export const matcher = (filter: ServerFilter): Test => {
  const tests = testsOf(filter)
  return (row) => tests.every((passes) => passes(row))
}
