import { Clock, Effect } from "effect"
import type { Socket } from "node:net"
import { ipVersion } from "../domain/address.ts"
import type { Endpoint } from "../domain/endpoint.ts"
import { addressRefusal, isLoopback } from "./address-policy.ts"
import type { DialerOptions } from "./dial-options.ts"
import type { Deadline } from "./deadline.ts"
import type { DialPlan } from "./dial-plan.ts"
import { elapsedMs } from "./elapsed.ts"
import type { ResolverShape } from "./resolver.ts"
import { type Dialling, openTcpWithin } from "./tcp.ts"
import { policyFailure, TransportError } from "./transport-error.ts"
import { detectVantage, type Vantage, vantageLack } from "./vantage.ts"

const maxAttempts = 3

const failure = (reason: "us" | "connect timeout", detail: string): TransportError =>
  new TransportError({ reason, phase: "connect", detail })

/** IPv4 first: it is what most servers announce, and what their peers count by. */
const byFamily = (a: string, b: string): number => (ipVersion(a) ?? 0) - (ipVersion(b) ?? 0)

/** Dialling without a proxy: resolve, check every address, connect to a checked one. */
export const makeDirectDial = Effect.fnUntraced(function*(options: DialerOptions, resolver: ResolverShape) {
  const clock = yield* Clock.Clock
  const currentVantage = Effect.map(detectVantage, (found): Vantage => ({ ...found, ...options.vantage }))
  const vantage = yield* Effect.cached(currentVantage)

  /** Those of a host's addresses that we may and can dial, best first; fails with why there is none. */
  const dialable = Effect.fnUntraced(function*(addresses: ReadonlyArray<string>) {
    const allowed = addresses.filter((address) => addressRefusal(address, options) === undefined)
    if (allowed.length === 0) {
      return yield* policyFailure(addresses.map((address) => addressRefusal(address, options)).join(", "))
    }
    if (allowed.every(isLoopback)) return allowed.toSorted(byFamily)
    const routes = yield* vantage
    const lackOf = (address: string) => isLoopback(address) ? undefined : vantageLack(address, routes)
    const reachable = allowed.filter((address) => lackOf(address) === undefined)
    return reachable.length > 0 ? reachable.toSorted(byFamily) : yield* failure("us", lackOf(allowed[0]!)!)
  })

  const plan = Effect.fnUntraced(function*(endpoint: Endpoint) {
    const isLiteral = endpoint.networkClass !== "name"
    const startedAt = clock.monotonicTimeNanosUnsafe()
    const addresses = isLiteral ? [endpoint.host] : yield* resolver.addresses(endpoint.host)
    const resolvedMs = isLiteral ? null : elapsedMs(clock, startedAt)
    const [address, ...others] = (yield* dialable(addresses)).slice(0, maxAttempts)
    const plan: DialPlan = {
      endpoint,
      dial: { address: address!, resolvedBy: isLiteral ? "literal" : "dns", addresses, via: "direct" },
      ...(others.length === 0 ? {} : { others }),
      resolvedMs
    }
    return plan
  })

  /** Routes may have gone since they were looked up; then the failure is ours. */
  const withVantage = (address: string) => (error: TransportError): Effect.Effect<never, TransportError> =>
    error.reason !== "unreachable" || isLoopback(address) ? Effect.fail(error) : Effect.flatMap(currentVantage, (now) => {
      const lack = vantageLack(address, now)
      return Effect.fail(lack === undefined ? error : failure("us", `${lack} (${error.detail})`))
    })

  /**
   * Connects to the first address of the plan that answers: at most three, each
   * with an equal share of the time left. Nothing is resolved again. `pace` is waited
   * for before each connection but the first, and takes nothing of the time.
   */
  const connect = <S extends Socket>(
    plan: DialPlan,
    timeoutMs: number,
    deadline: Deadline,
    own: (socket: S) => void,
    pace: Effect.Effect<void>,
    dialling: Dialling<S>
  ) => Effect.gen(function*() {
    const { addresses, address: first } = plan.dial
    const candidates = (yield* dialable(first === null ? addresses : [first, ...plan.others ?? []])).slice(0, maxAttempts)
    let spentMs = 0
    const failures: Array<{ readonly address: string; readonly error: TransportError }> = []
    for (const [i, address] of candidates.entries()) {
      if (i > 0) yield* pace
      const attemptAt = clock.monotonicTimeNanosUnsafe()
      const share = Math.max(1, Math.round((timeoutMs - spentMs) / (candidates.length - i)))
      const late = () => Effect.fail(failure("connect timeout", `no answer in ${share} ms`))
      const attempt = yield* openTcpWithin(deadline, share, late, address, plan.endpoint.port, own, dialling).pipe(
        Effect.catch(withVantage(address)),
        Effect.map((socket) => ({ socket, address, tcpConnectMs: elapsedMs(clock, attemptAt) })),
        Effect.catch((error) => {
          failures.push({ address, error })
          return Effect.succeed(undefined)
        })
      )
      if (attempt !== undefined) return attempt
      spentMs += elapsedMs(clock, attemptAt)
      if (failures.at(-1)!.error.reason === "us") break
    }
    const { error } = failures[0]!
    return yield* failures.length === 1 ? error : new TransportError({
      reason: error.reason,
      phase: error.phase,
      detail: failures.map(({ address, error }) => `${error.detail} ${address}`).join(", ")
    })
  })

  return { plan, connect }
})
