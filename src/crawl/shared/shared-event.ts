import { Schema } from "effect"
import { NotVisitedReason, VisitReason } from "../../domain/reason.ts"

/** What a visit or a connection is booked under; see `Books` and `Occupancy`. */
const Claim = Schema.Struct({
  host: Schema.String,
  target: Schema.String,
  /** Addresses that are dialled where the target does not answer. */
  others: Schema.optionalKey(Schema.Array(Schema.String)),
  /** What is occupied: the addresses that it may lead to or what stands for them, and their blocks. */
  occupies: Schema.Array(Schema.String),
  blocks: Schema.Array(Schema.String),
  /** Units that the visit may cost. */
  units: Schema.Finite
})
export type Claim = typeof Claim.Type

/** Endpoints that a source named, as far as the frontier needs them. */
export const Named = Schema.Struct({
  host: Schema.String,
  networkClass: Schema.Literals(["ipv4", "ipv6", "onion", "name"]),
  address: Schema.NullOr(Schema.String),
  services: Schema.Array(Schema.Struct({ transport: Schema.Literals(["tcp", "tls", "ws", "wss"]), port: Schema.Int }))
})
export type Named = typeof Named.Type

const of = <Tag extends string, Fields extends Schema.Struct.Fields>(tag: Tag, fields: Fields) => Schema.Struct({ _tag: Schema.Literal(tag), ...fields })

/**
 * One step of a crawl that several runners share. Whoever applies the same steps
 * in the same order knows the same frontier, occupancy and costs.
 */
export const SharedEvent = Schema.Union([
  /** A source named endpoints that were not known yet. */
  of("learned", { bySeed: Schema.Boolean, accepted: Schema.Int, named: Schema.Array(Named) }),
  /** A runner took an endpoint, for as long as its lease lasts. */
  of("taken", { key: Schema.String, runner: Schema.String, until: Schema.Finite }),
  /** Its lease ended: the endpoint is due again, and what the visit may have cost is owed. */
  of("lapsed", { key: Schema.String, runner: Schema.String }),
  /** A runner gave it back without a visit. */
  of("returned", { key: Schema.String }),
  /** The visit began: address and block are occupied, its cost is booked. */
  of("entered", { key: Schema.String, claim: Claim }),
  /** The visit is over. */
  of("visited", {
    key: Schema.String,
    reachable: Schema.Boolean,
    cost: Schema.Finite,
    /** The address that it led to; null through a proxy. */
    dialled: Schema.NullOr(Schema.String),
    reason: Schema.NullOr(VisitReason),
    /** Hosts it claims, where it showed the crawl's chain. */
    claims: Schema.Array(Schema.String)
  }),
  /** It was not to be dialled. */
  of("refused", { key: Schema.String, reason: NotVisitedReason, detail: Schema.String }),
  /** Nothing was due nor under way: the next wave. */
  of("advanced", {})
])
export type SharedEvent = typeof SharedEvent.Type

/** As a step is kept. */
export const SharedEventText = Schema.fromJsonString(SharedEvent)
