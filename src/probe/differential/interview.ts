import { Effect } from "effect"
import type { Chain } from "../../domain/chain.ts"
import type { Segment } from "../../domain/differential.ts"
import type { JudgedAnswer } from "../../domain/judged-answer.ts"
import type { ProbeTarget } from "../../domain/probe-target.ts"
import type { Visit } from "../../domain/visit.ts"
import { headersSubscribe } from "../../electrum/methods.ts"
import type { Reply } from "../../electrum/reply.ts"
import type { DialPlan } from "../../transport/dialer.ts"
import type { Probe } from "../catalogue.ts"
import { dataProbes } from "../data-probes.ts"
import { openSession } from "../open-session.ts"
import { compareWithDefaults } from "../responses/defaults.ts"
import { judgeData } from "../responses/judge-data.ts"
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

/** The same questions as in a regular visit, so that their answers are judged as there. */
const scriptSubjects: ReadonlySet<string> = new Set(["balance", "history"])

/**
 * What it says of public scripts, held against what is known of them. A lie told
 * to some addresses, or on some days, shows here where it did not in the crawl.
 */
const judgedScripts = (
  chain: Chain,
  protocol: string | null,
  replies: ReadonlyMap<Probe, Reply>
): ReadonlyArray<JudgedAnswer> => {
  const tip = [...replies].find(([{ method }, { outcome }]) => method === headersSubscribe && outcome === "ok")?.[1].result as { readonly height: number } | undefined
  // Whether the chain is right is not asked here: who reads this knows it from the crawl.
  const server = { tip: tip?.height ?? null, isOfChain: true, left: null }
  const judged = judgeData(dataProbes(chain, protocol), replies, server)
    .filter(({ response, subject }) => scriptSubjects.has(subject) && response !== "not asked")
  // How its software answers by default was compared in the crawl.
  return compareWithDefaults(judged, null)
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
  options: { readonly chain: Chain; readonly clientName: string; readonly room: VisitRoom; readonly pace?: Effect.Effect<void> }
) {
  const session = yield* openSession(plan, {
    ...options,
    kind: "differential",
    ...(persona.writing === null ? {} : { writing: persona.writing })
  })
  const contents = new Map<string, string | null>()
  const protocol = session.protocol()
  const answered = new Map<Probe, Reply>()
  for (const packet of packetsOf(persona, options.chain, target, protocol)) {
    const replies = session.isOpen() ? yield* session.ask(packet, patience) : []
    packet.forEach((probe, i) => {
      const reply = replies[i]
      contents.set(probe.name, reply === undefined ? null : contentOf(reply))
      if (reply !== undefined) answered.set(probe, reply)
    })
    if (replies.some(({ outcome }) => outcome === "throttled")) break
  }
  const visit: Visit = { ...(yield* session.leave), answers: judgedScripts(options.chain, protocol, answered) }
  return { segment: { persona: persona.name, contents }, visit, spent: session.spent() } satisfies Interview
}, Effect.scoped)
