import { Context, type Effect } from "effect"
import type { Chain } from "../domain/chain.ts"
import type { Visit } from "../domain/visit.ts"
import type { DialPlan } from "../transport/dialer.ts"

export interface VisitOptions {
  readonly chain: Chain
  /** Sent in `server.version`, e.g. `electrum-observatory/0.1.0 (+https://…)`. */
  readonly clientName: string
  /** How often to ask for peers: a number, or until the estimated unseen mass is small. */
  readonly peerRounds: number | "auto"
}

/** Conducts a visit: connect, shake hands, ask, read, leave. Never fails: what went wrong is in the visit. */
export class Visitor extends Context.Service<Visitor, {
  readonly visit: (plan: DialPlan, options: VisitOptions) => Effect.Effect<Visit>
}>()("electrum-observatory/Visitor") {}
