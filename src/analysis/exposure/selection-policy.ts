import type { CandidateServer } from "./candidate.ts"

/** A rule by which a wallet chooses servers. */
export interface SelectionPolicy {
  readonly name: string
  /** What it does, as a phrase after "a wallet that". */
  readonly title: string
  /** Candidates left out. */
  readonly excludes: (candidate: CandidateServer) => boolean
  /** At most one connected server per IPv4 /16 or IPv6 /48, the main one exempt. */
  readonly bucketRule: boolean
  /** At most one server per group, and groups are drawn first, however many servers they have; null: none. */
  readonly groupOf: ((candidate: CandidateServer) => string) | null
  /** Main servers at a time; each is asked about its own part of the scripts. */
  readonly mains: number
  /** Connections that are held, main servers included. */
  readonly connections: number
}

/** Electrum's own rule (protocol facts, section 9): ten connections, one per /16 or /48, main server drawn from the list. */
export const todaysPolicy: SelectionPolicy = {
  name: "today",
  title: "chooses as Electrum does today",
  excludes: () => false,
  bucketRule: true,
  groupOf: null,
  mains: 1,
  connections: 10
}

const ownGroup = (candidate: CandidateServer): string => `host ${candidate.host}`

/** One server per autonomous system; where that is not known, per bucket, else each host is a group of its own. */
export const onePerAsn: SelectionPolicy = {
  ...todaysPolicy,
  name: "one per ASN",
  title: "draws the autonomous system first and uses at most one server of each",
  groupOf: (candidate) => candidate.asn === null ? candidate.bucket ?? ownGroup(candidate) : `AS${candidate.asn}`
}

/** One server per probable operator, by clusters that somebody publishes; `clusterOf` answers null for servers in none. */
export const onePerOperator = (clusterOf: (serverId: number) => number | null): SelectionPolicy => ({
  ...todaysPolicy,
  name: "one per operator",
  title: "draws the probable operator first and uses at most one server of each",
  groupOf: ({ host, serverId }) => {
    if (serverId === null) return `host ${host}`
    const cluster = clusterOf(serverId)
    return cluster === null ? `server ${serverId}` : `cluster ${cluster}`
  }
})

/** Scripts split over so many servers, each script always in the same part. */
export const splitQueries = (mains: number): SelectionPolicy => ({
  ...todaysPolicy,
  name: `split over ${mains}`,
  title: `splits its scripts over ${mains} servers`,
  mains
})

/** Onion services only. */
export const onionOnly: SelectionPolicy = {
  ...todaysPolicy,
  name: "onion only",
  title: "uses onion services only",
  excludes: ({ onion }) => !onion,
  // Onions are a bucket of their own, of which the wallet takes half its connections: such a wallet would lift that.
  bucketRule: false
}
