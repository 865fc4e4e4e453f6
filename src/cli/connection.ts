import { Context, Effect, Layer } from "effect"
import type { StoredConnection } from "../crawl/settings.ts"
import type { Chain } from "../domain/chain.ts"
import { ByteBudget } from "../electrum/byte-budget.ts"
import { DeepVisitor } from "../probe/deep/deep-visitor.ts"
import { VisitTimeouts } from "../probe/visit-timeouts.ts"
import { Visitor } from "../probe/visitor.ts"
import type { Vantage } from "../store/store.ts"
import type { Endpoint } from "../domain/endpoint.ts"
import { isLoopback, isLoopbackOnly } from "../transport/address-policy.ts"
import { Dialer } from "../transport/dialer.ts"
import type { DialerOptions, DialTimeouts } from "../transport/dial-options.ts"
import { findTor, localTorCandidates } from "../transport/local-tor.ts"
import { parseNameServer } from "../transport/name-server.ts"
import { parseProxyTarget, proxyText, type ProxyTarget } from "../transport/proxy-target.ts"
import { Resolver } from "../transport/resolver.ts"
import { detectVantage } from "../transport/vantage.ts"
import { usageError } from "./network.ts"

/** The connection flags as parsed. */
export interface ConnectionInput {
  readonly proxy: string | null
  readonly tor: string
  readonly resolver: string | null
  readonly allowPrivate: boolean
  readonly connectTimeout: number | null
  readonly replyTimeout: number | null
}

/** How to dial, and from where; built once per command. */
export interface Connection {
  readonly layer: Layer.Layer<Dialer | Visitor | DeepVisitor | ByteBudget>
  /** For hosts that the user names as sources: private ones too, and those of this machine without a proxy. */
  readonly sources: Layer.Layer<Dialer | Resolver>
  readonly vantage: Vantage
  /** The same as it is now: a Tor may have been started meanwhile. */
  readonly vantageNow: Effect.Effect<Vantage>
}

const proxyOf = Effect.fnUntraced(function*(flag: string, text: string) {
  const target = parseProxyTarget(text)
  if (typeof target === "string") return yield* usageError(`${flag} ${text.replace(/^.*@/, "…@")}: ${target}.`)
  return target
})

// Proxies take about twice as long, onions some six times, once they are met at all.
const dialTimeouts = (connectMs: number | null): Partial<DialTimeouts> =>
  connectMs === null ? {} : {
    direct: { connectMs, tlsMs: connectMs },
    proxy: { connectMs: 2 * connectMs, tlsMs: 2 * connectMs },
    tor: { connectMs: 6 * connectMs, tlsMs: 6 * connectMs }
  }

const visitTimeouts = (replyMs: number | null): Layer.Layer<never> =>
  replyMs === null
    ? Layer.empty
    : Layer.succeed(VisitTimeouts, { handshakeMs: replyMs, exchangeMs: replyMs, sessionMs: 4 * replyMs })

/** Whether onion services can be dialled, as the dialer will decide it: stored, so that nobody takes our lack for theirs. */
const reachesOnions = Effect.fnUntraced(function*(tor: DialerOptions["tor"], proxy: ProxyTarget | null, chain: Chain) {
  if (tor !== "auto") return tor !== "off"
  return chain.simulated ? proxy !== null : (yield* findTor(localTorCandidates)) !== null
})

const sourceDialer = (options: DialerOptions): Layer.Layer<Dialer, never, Resolver> =>
  Layer.effect(Dialer, Effect.gen(function*() {
    const usual = Context.get(yield* Layer.build(Dialer.layer({ ...options, allowPrivate: true })), Dialer)
    const near = Context.get(yield* Layer.build(Dialer.layer({ ...options, allowPrivate: true, proxy: null })), Dialer)
    const dialerOf = ({ host }: Endpoint) => isLoopback(host) ? near : usual
    return Dialer.of({
      plan: (endpoint) => dialerOf(endpoint).plan(endpoint),
      connect: (plan) => dialerOf(plan.endpoint).connect(plan)
    })
  }))

/** From flags to a way of dialling. Wrong values are usage errors. */
export const connectionOf = Effect.fnUntraced(function*(input: ConnectionInput, chain: Chain, vantageName: string) {
  // Simulated names may be real people's: whatever stands for them is on this machine.
  const onlyLoopback = isLoopbackOnly(process.env["OBSERVATORY_LOOPBACK_ONLY"]) || chain.simulated
  const proxy = input.proxy === null ? null : yield* proxyOf("--proxy", input.proxy)
  const tor: DialerOptions["tor"] = input.tor === "auto" || input.tor === "off"
    ? input.tor
    : yield* proxyOf("--tor", input.tor)
  const server = input.resolver === null ? null : parseNameServer(input.resolver)
  if (typeof server === "string") return yield* usageError(`--resolver ${input.resolver}: ${server}.`)
  // Through a proxy, routes are the proxy's; with loopback only, none is needed.
  const routes = proxy !== null || onlyLoopback ? { ipv4: true, ipv6: true } : yield* detectVantage
  const policy = { allowPrivate: input.allowPrivate, simulated: chain.simulated, loopbackOnly: onlyLoopback }
  const options: DialerOptions = { ...policy, proxy, tor, vantage: routes, timeouts: dialTimeouts(input.connectTimeout) }
  const resolver = Resolver.layer({ ...policy, server })
  const dialer = Dialer.layer(options).pipe(Layer.provide(resolver))
  const vantageNow = Effect.map(reachesOnions(tor, proxy, chain), (tor): Vantage => ({ name: vantageName, ...routes, tor, proxy: proxy !== null }))
  const connection: Connection = {
    layer: Layer.merge(Visitor.layer, DeepVisitor.layer).pipe(
      Layer.provideMerge(dialer),
      Layer.provideMerge(ByteBudget.layer),
      Layer.provideMerge(visitTimeouts(input.replyTimeout))
    ),
    sources: sourceDialer(options).pipe(Layer.provideMerge(resolver)),
    vantage: yield* vantageNow,
    vantageNow
  }
  return connection
})

/** What is stored of the connection flags: never credentials. */
export const storedConnection = (input: ConnectionInput): StoredConnection => {
  const proxy = input.proxy === null ? null : parseProxyTarget(input.proxy)
  const tor = parseProxyTarget(input.tor)
  const shown = (target: ProxyTarget) => `socks5://${proxyText(target)}`
  return {
    proxy: proxy === null || typeof proxy === "string" ? null : shown(proxy),
    proxyCredentials: proxy !== null && typeof proxy !== "string" && proxy.credentials !== null,
    tor: typeof tor === "string" ? input.tor : shown(tor),
    torCredentials: typeof tor !== "string" && tor.credentials !== null,
    resolver: input.resolver,
    connectTimeoutMs: input.connectTimeout,
    replyTimeoutMs: input.replyTimeout
  }
}

/**
 * The connection of a resumed crawl: what is given now, else what was stored.
 * A crawl begun behind a proxy never goes on without it unnoticed.
 */
export const resumedConnection = Effect.fnUntraced(function*(
  given: ConnectionInput,
  stored: StoredConnection,
  allowPrivate: boolean
) {
  if (stored.proxyCredentials && given.proxy === null) {
    return yield* usageError("The crawl went through a proxy with a password, which is not stored: give --proxy again.")
  }
  if (stored.torCredentials && given.tor === "auto") {
    return yield* usageError("The crawl used a Tor proxy with a password, which is not stored: give --tor again.")
  }
  const merged: ConnectionInput = {
    proxy: given.proxy ?? stored.proxy,
    tor: given.tor === "auto" ? stored.tor : given.tor,
    resolver: given.resolver ?? stored.resolver,
    allowPrivate,
    connectTimeout: given.connectTimeout ?? stored.connectTimeoutMs,
    replyTimeout: given.replyTimeout ?? stored.replyTimeoutMs
  }
  return merged
})
