import { Context } from "effect"
import type { Endpoint } from "../domain/endpoint.ts"
import type { DialFacts } from "../domain/visit.ts"

/** Milliseconds a visit waits, on a direct connection. */
export interface VisitTimeouts {
  /** For the reply to `server.version`. */
  readonly handshakeMs: number
  /** For all replies of one packet. ElectrumX since 1.18 holds each block of replies back for up to a second. */
  readonly exchangeMs: number
  /** For the session after the handshake, whatever happens in it. */
  readonly sessionMs: number
}

/** How long visits wait; a Reference, so that tests may be less patient. */
export const VisitTimeouts = Context.Reference<VisitTimeouts>("electrum-observatory/VisitTimeouts", {
  defaultValue: () => ({ handshakeMs: 10_000, exchangeMs: 15_000, sessionMs: 60_000 })
})

/** Longer ways take longer: twice the time through a proxy, four times to an onion service. */
export const timeoutsFor = (base: VisitTimeouts, endpoint: Endpoint, via: DialFacts["via"]): VisitTimeouts => {
  const factor = endpoint.networkClass === "onion" || via === "tor" ? 4 : via === "proxy" ? 2 : 1
  return {
    handshakeMs: base.handshakeMs * factor,
    exchangeMs: base.exchangeMs * factor,
    sessionMs: base.sessionMs * factor
  }
}
