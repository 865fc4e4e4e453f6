import { Duration, Effect, Exit } from "effect"
import type { Socket } from "node:net"
import { type Endpoint, endpointKey } from "../domain/endpoint.ts"
import { parseHost } from "../domain/host.ts"
import { sha256Hex } from "../domain/sha256.ts"
import { loopbackRefusal, scopeRefusal } from "./address-policy.ts"
import type { DialerOptions } from "./dial-options.ts"
import type { DialPlan } from "./dial-plan.ts"
import { literalOfLocalhost, type ProxyCredentials, type ProxyTarget, proxyText } from "./proxy-target.ts"
import { findTor, localTorCandidates, noTorDetail } from "./local-tor.ts"
import { proxyFailure, socks5Connect } from "./socks5-connect.ts"
import { Socks5Handshake } from "./socks5.ts"
import { openTcp } from "./tcp.ts"
import { policyFailure, TransportError } from "./transport-error.ts"

/** How a proxied connection goes, and by whose credentials. */
interface Route {
  readonly proxy: ProxyTarget
  readonly via: "proxy" | "tor"
}

/** Where no Tor was, it is looked for again after this time: a watch may have begun before it. */
const lookAgain = Duration.minutes(1)

const noTor = new TransportError({ reason: "us", phase: "connect", detail: noTorDetail })

/**
 * Tor keeps streams of different credentials on different circuits
 * (IsolateSOCKSAuth), so that no exit or rendezvous sees two visits as one.
 */
const isolating = (endpoint: Endpoint): ProxyCredentials => ({
  username: "electrum-observatory",
  password: sha256Hex(endpointKey(endpoint)).slice(0, 32)
})

/** Dialling through SOCKS5: names go to the proxy as they are, nothing is resolved here. */
export const makeProxiedDial = Effect.fnUntraced(function*(options: DialerOptions) {
  const localTor = yield* findTor(options.torCandidates ?? localTorCandidates).pipe(
    Effect.cachedWithTTL((exit) => Exit.isSuccess(exit) && exit.value !== null ? Duration.infinity : lookAgain)
  )

  const torRoute = Effect.fnUntraced(function*() {
    if (options.tor === "off") return yield* noTor
    if (options.tor !== "auto") return { proxy: options.tor, via: "tor" } satisfies Route
    if (options.simulated) {
      return options.proxy === null ? yield* noTor : { proxy: options.proxy, via: "proxy" } satisfies Route
    }
    const found = yield* localTor
    return found === null ? yield* noTor : { proxy: found, via: "tor" } satisfies Route
  })

  /** The route an endpoint takes; null for the direct one. */
  const routeOf = (endpoint: Endpoint): Effect.Effect<Route | null, TransportError> => {
    if (endpoint.networkClass === "onion") return torRoute()
    return Effect.succeed(options.proxy === null ? null : { proxy: options.proxy, via: "proxy" })
  }

  /** Why a host must not be named to a proxy; undefined when it may. */
  const hostRefusal = ({ host, networkClass }: Endpoint): string | undefined => {
    if (networkClass === "ipv4" || networkClass === "ipv6") return scopeRefusal(host, options)
    const parsed = parseHost(host, { localNames: options.allowPrivate })
    return typeof parsed === "string" ? `${parsed} ${host}` : undefined
  }

  const plan = (endpoint: Endpoint, route: Route): Effect.Effect<DialPlan, TransportError> => {
    const refusal = loopbackRefusal(literalOfLocalhost(route.proxy.host), options, "proxy") ?? hostRefusal(endpoint)
    if (refusal !== undefined) return Effect.fail(policyFailure(refusal))
    const isLiteral = endpoint.networkClass === "ipv4" || endpoint.networkClass === "ipv6"
    return Effect.succeed({
      endpoint,
      dial: { address: null, resolvedBy: isLiteral ? "literal" : "proxy", addresses: [], via: route.via },
      resolvedMs: null
    })
  }

  /** Opens a tunnel within the time; silence before the proxy took our request is the proxy's own. */
  const connect = Effect.fnUntraced(function*(
    planned: DialPlan,
    route: Route,
    timeoutMs: number,
    own: (socket: Socket) => void
  ) {
    const { endpoint } = planned
    yield* plan(endpoint, route)
    const { proxy, via } = route
    const credentials = proxy.credentials ?? (via === "tor" ? isolating(endpoint) : null)
    const handshake = new Socks5Handshake(endpoint.host, endpoint.port, credentials)
    return yield* openTcp(literalOfLocalhost(proxy.host), proxy.port, own).pipe(
      Effect.mapError((error) => error.reason === "us" ? error : proxyFailure(`${proxyText(proxy)} ${error.detail}`)),
      Effect.flatMap((socket) => Effect.as(socks5Connect(socket, handshake), socket)),
      Effect.timeoutOrElse({
        duration: timeoutMs,
        orElse: () => {
          const detail = `no answer in ${timeoutMs} ms`
          return Effect.fail(
            handshake.requested
              ? new TransportError({ reason: "connect timeout", phase: "connect", detail })
              : proxyFailure(`${proxyText(proxy)} ${detail}`)
          )
        }
      })
    )
  })

  return { routeOf, plan, connect }
})
