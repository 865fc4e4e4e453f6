import { Effect, Result, type Scope } from "effect"
import type { BytesShare } from "../../src/electrum/byte-budget.ts"
import type { Method } from "../../src/electrum/methods.ts"
import { Session } from "../../src/electrum/session.ts"
import type { SessionLimits } from "../../src/electrum/session-options.ts"
import { Deadline } from "../../src/transport/deadline.ts"
import { connectTo } from "./wire-server.ts"

/** A share of an endless budget. */
export const boundlessShare: BytesShare = { hold: () => true, release: () => {} }

/** A method that takes any result. */
export const anyMethod = (name: string, lineBound = 8_100_000): Method =>
  ({ name, decode: (result) => Result.succeed(result), lineBound, cost: 0 })

/** A session with a server on 127.0.0.1. */
export const sessionWith = (
  port: number,
  options?: { readonly tls?: boolean; readonly limits?: SessionLimits; readonly share?: BytesShare }
): Effect.Effect<Session, Error, Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* connectTo(port, options)
    const started = performance.now()
    return yield* Session.open(socket, {
      deadline: yield* Deadline.make,
      share: options?.share ?? boundlessShare,
      now: () => performance.now() - started,
      ...(options?.limits === undefined ? {} : { limits: options.limits })
    })
  })
