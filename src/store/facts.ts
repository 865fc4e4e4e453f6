import type { Advertisement, Source } from "../domain/advertisement.ts"
import type { Differential } from "../domain/differential.ts"
import type { Endpoint } from "../domain/endpoint.ts"
import type { NotVisitedReason, VisitReason } from "../domain/reason.ts"
import type { MalformedFacts } from "../domain/malformed-facts.ts"
import type { ProbeDueState } from "../domain/probe-due.ts"
import type { Server } from "../domain/server.ts"
import type { Snapshot } from "../domain/snapshot.ts"
import type { Tallied } from "../domain/tallied.ts"
import type { Visit } from "../domain/visit.ts"
import type { HeldSession, Sighting, TipArrival } from "../domain/watch.ts"

/** Identifier of a crawl in its database. */
export type CrawlId = number

/** Where an endpoint stands in a crawl's frontier. The newest row of an endpoint counts. */
export type EndpointState = "parked" | "due" | "visited" | "not visited"

/** A source's announcements from one visit or one reading of a list, together. */
export interface AdvertisedFact {
  readonly _tag: "advertised"
  readonly source: Source
  readonly at: number
  /** How often the source was asked. */
  readonly timesAsked: number
  /** With how often each was announced. */
  readonly entries: Tallied<Advertisement>
  /** Entries beyond our bounds: counted, not kept. */
  readonly dropped: number
}

/** How a source that a crawl begins with was collected; what it said are facts of their own. */
export interface CollectedFact {
  readonly _tag: "collected"
  readonly source: Source
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: "complete" | "partial" | "failed"
  readonly reason: string | null
  /** A sentence. */
  readonly detail: string | null
  readonly announcements: number
  readonly dropped: number
  /** How old the source says it is; null where nothing says. */
  readonly dated: number | null
  readonly sha256: string | null
}

/** A change of the frontier. */
export interface EndpointFact {
  readonly _tag: "endpoint"
  readonly endpoint: Endpoint
  readonly state: EndpointState
  readonly reason: NotVisitedReason | null
  /** e.g. `budget: 8 ports per host`; fixed phrases of ours. */
  readonly detail: string | null
  readonly at: number
}

export interface VisitFact {
  readonly _tag: "visit"
  readonly visit: Visit
  /** Of a deep visit: what its replies come to. */
  readonly malformed?: MalformedFacts
}

/** A change of what is due beside regular visits. Done by a visit: the one in the same unit. */
export interface ProbeDueFact {
  readonly _tag: "probe due"
  readonly kind: "deep"
  readonly endpoint: Endpoint
  /** The crawl whose regular visit it follows. */
  readonly follows: CrawlId
  readonly state: ProbeDueState
  readonly dueAt: number
  readonly detail: string | null
  readonly at: number
}

/**
 * What we may have left on a server's books, per vantage: ElectrumX remembers
 * the cost of our /24 after we leave and forgets 2 units a second.
 */
export interface LedgerFact {
  readonly _tag: "ledger"
  /** Dialled address where known, else the host. */
  readonly target: string
  readonly at: number
  /** Balance in ElectrumX units right after this visit. */
  readonly balance: number
  /** Do not dial before (milliseconds since 1970); null for no back-off. */
  readonly backOffUntil: number | null
  readonly reason: VisitReason | null
}

/** The servers of a crawl, joined from its endpoints when it ends. Replaces earlier rows of the crawl. */
export interface ServersFact {
  readonly _tag: "servers"
  readonly servers: ReadonlyArray<Server>
}

/** The snapshots of one run, and the visits in which they were asked. */
export interface SnapshotsFact {
  readonly _tag: "snapshots"
  /** The crawl whose servers were asked. */
  readonly serversOf: CrawlId
  /** All visits of the run, those that no reading came from too. */
  readonly visits: ReadonlyArray<Visit>
  readonly snapshots: ReadonlyArray<Snapshot>
}

/** One series of connections as two personas, and its visits. */
export interface DifferentialFact {
  readonly _tag: "differential"
  /** The crawl whose server it is. */
  readonly serversOf: CrawlId
  readonly differential: Differential
}

/** One look of a watch at whether a server answers; made by the visit in the same unit, if any. */
export interface SightingFact extends Sighting {
  readonly _tag: "sighting"
  readonly runId: number
  readonly endpoint: Endpoint
}

/** A connection that a watch holds was opened, or has ended. */
export interface HeldSessionFact extends HeldSession {
  readonly _tag: "held session"
  readonly runId: number
  readonly endpoint: Endpoint
}

/** A server announced a new tip over a connection that a watch holds. */
export interface TipArrivalFact extends TipArrival {
  readonly _tag: "tip arrival"
  readonly runId: number
  readonly endpoint: Endpoint
}

/** What the crawl hands to the store. */
export type Fact =
  | AdvertisedFact
  | CollectedFact
  | EndpointFact
  | VisitFact
  | LedgerFact
  | ServersFact
  | SnapshotsFact
  | ProbeDueFact
  | DifferentialFact
  | SightingFact
  | HeldSessionFact
  | TipArrivalFact
