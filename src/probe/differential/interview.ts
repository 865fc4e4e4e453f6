import { Effect } from "effect"
import type { Chain } from "../../domain/chain.ts"
import type { Segment } from "../../domain/differential.ts"
import type { ProbeTarget } from "../../domain/probe-target.ts"
import type { Visit } from "../../domain/visit.ts"
import type { DialPlan } from "../../transport/dialer.ts"
import { openSession } from "../open-session.ts"
import { contentOf } from "./contents.ts"
import type { VisitRoom } from "../request-limit.ts"
import type { Persona } from "./personas.ts"
import { packetsOf } from "./questions.ts"

/** One connection asked as a persona: what came of it, and the visit that it is. */
export interface Interview {
  readonly segment: Segment
  readonly visit: Visit
  /** Why something was not asked for want of room; null where there was room for all. */
  readonly spent: string | null
}

/** Longer than any packet may take; visits have their own patience. */
const patience = 3_600_000

/**
 * Asks all questions as the persona does, over a connection of its own. Ends early
 * where the server throttles, and where its errors have used up the room.
 */
export const interview = Effect.fn("interview")(function*(
  plan: DialPlan,
  persona: Persona,
  target: ProbeTarget,
  options: { readonly chain: Chain; readonly clientName: string; readonly room: VisitRoom }
) {
  const session = yield* openSession(plan, {
    ...options,
    kind: "differential",
    ...(persona.writing === null ? {} : { writing: persona.writing })
  })
  const contents = new Map<string, string | null>()
  for (const packet of packetsOf(persona, options.chain, target, session.protocol())) {
    const replies = session.isOpen() ? yield* session.ask(packet, patience) : []
    packet.forEach((probe, i) => contents.set(probe.name, replies[i] === undefined ? null : contentOf(replies[i])))
    if (replies.some(({ outcome }) => outcome === "throttled")) break
  }
  const visit = yield* session.leave
  return { segment: { persona: persona.name, contents }, visit, spent: session.spent() } satisfies Interview
}, Effect.scoped)
