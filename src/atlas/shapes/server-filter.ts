import type { ServerRow } from "./server-row.ts"

/**
 * What a list of servers is narrowed to. The viewer's URL, the API's query and
 * exports say it with the same words; absent means "all".
 */
export interface ServerFilter {
  /** Part of a host, address, software or organisation, without regard to case. */
  readonly search?: string
  readonly implementation?: ReadonlyArray<string>
  readonly country?: ReadonlyArray<string>
  readonly asn?: ReadonlyArray<number>
  readonly networkClass?: ReadonlyArray<string>
  readonly reachable?: "yes" | "no" | "unknown"
  readonly cluster?: ReadonlyArray<number>
  readonly community?: ReadonlyArray<number>
  readonly scoreMin?: number
  readonly scoreMax?: number
  /** By servers that name it. */
  readonly degreeMin?: number
  readonly degreeMax?: number
}

const isIn = <A>(chosen: ReadonlyArray<A> | undefined, value: A | null): boolean =>
  chosen === undefined || chosen.length === 0 || (value !== null && chosen.includes(value))

const isBetween = (value: number | null, low: number | undefined, high: number | undefined): boolean =>
  (low === undefined && high === undefined) ||
  (value !== null && (low === undefined || value >= low) && (high === undefined || value <= high))

const isFound = (row: ServerRow, search: string | undefined): boolean => {
  if (search === undefined || search === "") return true
  const wanted = search.toLowerCase()
  return [...row.hosts, ...row.addresses, row.software, row.implementation, row.org].some(
    (text) => text !== null && text.toLowerCase().includes(wanted)
  )
}

const reachability = (row: ServerRow): "yes" | "no" | "unknown" =>
  row.reachable === null ? "unknown" : row.reachable ? "yes" : "no"

/** Whether a server passes a filter; what is not known passes no filter on it. */
export const matches = (row: ServerRow, filter: ServerFilter): boolean =>
  isFound(row, filter.search) &&
  isIn(filter.implementation, row.implementation) &&
  isIn(filter.country, row.country) &&
  isIn(filter.asn, row.asn) &&
  (filter.networkClass === undefined || filter.networkClass.length === 0 ||
    row.networkClasses.some((one) => filter.networkClass!.includes(one))) &&
  (filter.reachable === undefined || reachability(row) === filter.reachable) &&
  isIn(filter.cluster, row.clusterId) &&
  isIn(filter.community, row.communityId) &&
  isBetween(row.score, filter.scoreMin, filter.scoreMax) &&
  isBetween(row.namedBy, filter.degreeMin, filter.degreeMax)
