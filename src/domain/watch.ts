import type { VisitReason } from "./reason.ts"

/** Whether a watched server answers: `unknown` where the failure may be ours. */
export type Answering = "up" | "down" | "unknown"

/** One look at a watched server. Times in milliseconds since 1970. */
export interface Sighting {
  readonly at: number
  readonly state: Answering
  /** Why it is not up; `lost`: a held connection ended. */
  readonly reason: VisitReason | "lost" | null
  /** By a connection made for it, or by one that was held. */
  readonly way: "visit" | "held"
  /** Not to be connected to again before. */
  readonly dueAt: number
}

/** How a held connection ended. */
export type HeldEnd = "peer" | "silence" | "us"

/** A connection that a watch holds, as far as it is known. Times in milliseconds since 1970. */
export interface HeldSession {
  readonly openedAt: number
  readonly endedAt: number | null
  readonly endedBy: HeldEnd | null
  readonly detail: string | null
}

/** A tip that a server announced. */
export interface TipArrival {
  readonly height: number
  readonly hash: string
  /** Milliseconds since 1970 by the wall clock. */
  readonly at: number
  /** Milliseconds from the start of the run by a steady clock. */
  readonly steadyMs: number
}

/** Where onions are, as outages of many name it: our own Tor or all of it, nobody can tell. */
export const torOutage = "Tor"

/** What happened to a watched server, or to many of them. */
export type WatchEventKind =
  | "went silent"
  | "came back"
  | "restarted"
  | "new certificate"
  | "new key"
  | "unclear key"
  | "new software"
  | "new address"
  | "listed"
  | "unlisted"
  | "vantage outage"
  | "network outage"

/** Where alerts may go. */
export type AlertTarget = "webhook" | "command"

/** An alert on its way to one target, stored until it was delivered there. */
export interface PendingAlert {
  /** The same each time it is sent. */
  readonly id: string
  readonly target: AlertTarget
  /** JSON. */
  readonly body: string
}

/** Something that happened between two looks. Times in milliseconds since 1970. */
export interface WatchEvent {
  /** Key of the endpoint that stands for the server; null for outages of many. */
  readonly endpoint: string | null
  readonly kind: WatchEventKind
  readonly earliest: number
  readonly latest: number
  readonly before: string | null
  readonly after: string | null
  /** What happened to all there; null where it seems to be about this server. */
  readonly cause: string | null
  readonly detail: Readonly<Record<string, unknown>> | null
}
