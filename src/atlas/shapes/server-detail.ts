import { Schema } from "effect"
import { NoteRow } from "./note.ts"
import { ServerRow } from "./server-row.ts"
import { IndicatorRow } from "./suspicion.ts"

/** One column of `server_metadata`: value as JSON (null: not known), and why it is not known. */
export const Field = Schema.Struct({
  name: Schema.String,
  comment: Schema.String,
  value: Schema.Json,
  unknown: Schema.NullOr(Schema.String)
})
export type Field = typeof Field.Type

export const EndpointDetail = Schema.Struct({
  endpointId: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.String,
  reachable: Schema.NullOr(Schema.Boolean),
  reason: Schema.NullOr(Schema.String),
  /** Why it belongs to this server. */
  evidence: Schema.String,
  fields: Schema.Array(Field)
})
export type EndpointDetail = typeof EndpointDetail.Type

export const VisitDetail = Schema.Struct({
  visitId: Schema.Int,
  crawlId: Schema.Int,
  endpointId: Schema.Int,
  kind: Schema.String,
  startedAt: Schema.String,
  outcome: Schema.String,
  reason: Schema.NullOr(Schema.String),
  phase: Schema.NullOr(Schema.String),
  detail: Schema.NullOr(Schema.String),
  observations: Schema.Array(Schema.Struct({
    probe: Schema.String,
    method: Schema.NullOr(Schema.String),
    outcome: Schema.String,
    latencyMs: Schema.NullOr(Schema.Number),
    replyBytes: Schema.NullOr(Schema.Int),
    /** The beginning of the raw reply, at most 4,000 characters. */
    reply: Schema.NullOr(Schema.String)
  }))
})
export type VisitDetail = typeof VisitDetail.Type

/** Everything about one server in one crawl, and how it was before. */
export const ServerDetail = Schema.Struct({
  crawlId: Schema.Int,
  server: ServerRow,
  endpoints: Schema.Array(EndpointDetail),
  visits: Schema.Array(VisitDetail),
  certificates: Schema.Array(Schema.Struct({
    sha256: Schema.String,
    spkiSha256: Schema.NullOr(Schema.String),
    subject: Schema.NullOr(Schema.String),
    issuer: Schema.NullOr(Schema.String),
    validFrom: Schema.NullOr(Schema.String),
    validTo: Schema.NullOr(Schema.String),
    names: Schema.Array(Schema.String),
    selfSigned: Schema.NullOr(Schema.Boolean),
    keyType: Schema.NullOr(Schema.String)
  })),
  namedBy: Schema.Array(Schema.Struct({ serverId: Schema.Int, host: Schema.String, timesSeen: Schema.Int, timesAsked: Schema.Int })),
  names: Schema.Array(Schema.Struct({ serverId: Schema.Int, host: Schema.String, timesSeen: Schema.Int, timesAsked: Schema.Int })),
  /** Pairs it is in, most probable first. */
  pairs: Schema.Array(Schema.Struct({
    serverId: Schema.Int,
    host: Schema.String,
    sameOperator: Schema.NullOr(Schema.Number),
    sharedInfrastructure: Schema.NullOr(Schema.Number),
    sameMachine: Schema.NullOr(Schema.Number),
    heldBy: Schema.NullOr(Schema.String)
  })),
  score: Schema.NullOr(Schema.Struct({ score: Schema.NullOr(Schema.Number), testedWeight: Schema.Number, explanation: Schema.String, indicators: Schema.Array(IndicatorRow) })),
  behaviour: Schema.NullOr(Schema.Struct({ distance: Schema.NullOr(Schema.Number), unusual: Schema.Array(Schema.String), neighbours: Schema.Array(Schema.Struct({ serverId: Schema.Int, host: Schema.String, similarity: Schema.Number })) })),
  /** One row a crawl of this network that knew a server at one of its hosts, oldest first. */
  history: Schema.Array(Schema.Struct({
    crawlId: Schema.Int,
    startedAt: Schema.String,
    reachable: Schema.NullOr(Schema.Boolean),
    software: Schema.NullOr(Schema.String),
    certificate: Schema.NullOr(Schema.String),
    addresses: Schema.Array(Schema.String),
    clusterId: Schema.NullOr(Schema.Int),
    score: Schema.NullOr(Schema.Number)
  })),
  /** Public lists its hosts ever stood on, as far as their history was imported; the earliest first. ISO 8601, UTC. */
  listings: Schema.Array(Schema.Struct({
    list: Schema.String,
    host: Schema.String,
    firstAt: Schema.String,
    lastAt: Schema.String,
    /** Null while it stands there. */
    removedAt: Schema.NullOr(Schema.String)
  })),
  notes: Schema.Array(NoteRow),
  /** What of this a public output leaves out as a whole; absent where nothing is. */
  withheld: Schema.optionalKey(Schema.String)
})
export type ServerDetail = typeof ServerDetail.Type
