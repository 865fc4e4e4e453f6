import { Schema } from "effect"

/**
 * One server in lists, on the map and in the graph. Level: server. Null means
 * not known, never zero. Strings come from servers and are data, not markup.
 */
export const ServerRow = Schema.Struct({
  serverId: Schema.Int,
  /** The name it is shown under: its first host. */
  host: Schema.String,
  hosts: Schema.Array(Schema.String),
  /** ipv4, ipv6, onion, name … as announced. */
  networkClasses: Schema.Array(Schema.String),
  endpoints: Schema.Int,
  endpointsReachable: Schema.Int,
  /** Null: not dialled, or our vantage has no way there. */
  reachable: Schema.NullOr(Schema.Boolean),
  /** Why it was not reached or not visited, in the closed vocabulary of visits. */
  reason: Schema.NullOr(Schema.String),
  confirmed: Schema.Boolean,
  chain: Schema.NullOr(Schema.String),
  /** What it says it is. */
  software: Schema.NullOr(Schema.String),
  /** What its behaviour fits. */
  implementation: Schema.NullOr(Schema.String),
  versionRange: Schema.NullOr(Schema.String),
  protocol: Schema.NullOr(Schema.String),
  tipHeight: Schema.NullOr(Schema.Int),
  latencyMs: Schema.NullOr(Schema.Number),
  addresses: Schema.Array(Schema.String),
  country: Schema.NullOr(Schema.String),
  /** Approximate, as all places are: by a geo file. */
  city: Schema.NullOr(Schema.String),
  /** Where that city is, in degrees to a tenth; null without a city. */
  latitude: Schema.NullOr(Schema.Finite),
  longitude: Schema.NullOr(Schema.Finite),
  asn: Schema.NullOr(Schema.Int),
  org: Schema.NullOr(Schema.String),
  cloud: Schema.NullOr(Schema.String),
  tls: Schema.NullOr(Schema.String),
  selfSigned: Schema.NullOr(Schema.Boolean),
  walletAccepts: Schema.NullOr(Schema.Boolean),
  namedBy: Schema.Int,
  names: Schema.Int,
  mutual: Schema.NullOr(Schema.Int),
  core: Schema.NullOr(Schema.Int),
  /** Probably one operator with the other members; null: in no group, which is not "alone". */
  clusterId: Schema.NullOr(Schema.Int),
  operatorPosterior: Schema.NullOr(Schema.Number),
  backendId: Schema.NullOr(Schema.Int),
  machineId: Schema.NullOr(Schema.Int),
  behaviourClusterId: Schema.NullOr(Schema.Int),
  /** Of the partition that the map shows: that of the highest modularity. */
  communityId: Schema.NullOr(Schema.Int),
  /** 0..100; null: not analysed. */
  score: Schema.NullOr(Schema.Number),
  firstSeen: Schema.NullOr(Schema.String),
  lastSeen: Schema.NullOr(Schema.String),
  uptimeShare: Schema.NullOr(Schema.Number),
  uptimeObservations: Schema.NullOr(Schema.Int),
  notes: Schema.Int
})
export type ServerRow = typeof ServerRow.Type

/** A page of servers; `total` and `matching` count servers. */
export const ServerPage = Schema.Struct({
  crawlId: Schema.Int,
  simulated: Schema.Boolean,
  total: Schema.Int,
  matching: Schema.Int,
  offset: Schema.Int,
  rows: Schema.Array(ServerRow)
})
export type ServerPage = typeof ServerPage.Type
