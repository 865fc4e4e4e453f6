import { Clock, Effect, Layer, Result } from "effect"
import { type Endpoint, endpointKey } from "../../src/domain/endpoint.ts"
import { tallied } from "../../src/domain/tallied.ts"
import type { Visit } from "../../src/domain/visit.ts"
import { visitOfFailedPlan } from "../../src/crawl/failed-plan.ts"
import { Visitor } from "../../src/probe/visitor.ts"
import { Dialer } from "../../src/transport/dialer.ts"
import { TransportError } from "../../src/transport/transport-error.ts"

/** How one endpoint behaves in a test of the crawl loop. */
export interface PretendEndpoint {
  /** Peer entries it announces. */
  readonly peers?: ReadonlyArray<unknown>
  readonly visitMs?: number
  readonly address?: string
  /** Further addresses of its name, of which one may be dialled. */
  readonly others?: ReadonlyArray<string>
  /** Which of them answers; `address` by default. */
  readonly answersAt?: string
  /** Planning fails with this. */
  readonly planFails?: TransportError["reason"]
  /** The visit fails with this. */
  readonly fails?: Visit["reason"]
  readonly verdict?: "same" | "other" | "unverified"
  readonly throttled?: boolean
  readonly cost?: number
  /** Hosts in its `server.features`. */
  readonly claims?: ReadonlyArray<string>
  /** It answers `server.version` and then resets the connection. */
  readonly resets?: boolean
}

/** A dialer and a visitor that open no connection: who is visited when is recorded. */
export class PretendNetwork {
  readonly #endpoints: Readonly<Record<string, PretendEndpoint>>
  readonly log: Array<{ readonly key: string; readonly from: number; readonly to: number }> = []
  running = 0
  mostAtOnce = 0

  constructor(endpoints: Readonly<Record<string, PretendEndpoint>>) {
    this.#endpoints = endpoints
  }

  get visited(): Array<string> {
    return this.log.map((v) => v.key)
  }

  #of(endpoint: Endpoint): PretendEndpoint {
    return this.#endpoints[endpointKey(endpoint)] ?? { fails: "refused" }
  }

  readonly layer: Layer.Layer<Dialer | Visitor> = Layer.merge(
    Layer.sync(Dialer, () =>
      Dialer.of({
        plan: (endpoint) => {
          const { address, others = [], planFails } = this.#of(endpoint)
          const plan = planFails === undefined
            ? Result.succeed({
              endpoint,
              dial: { address: address ?? null, resolvedBy: "dns" as const, addresses: address === undefined ? [] : [address, ...others], via: "direct" as const },
              ...(others.length === 0 ? {} : { others }),
              resolvedMs: 1
            })
            : Result.fail(new TransportError({ reason: planFails, phase: "resolve", detail: "pretended" }))
          return Effect.fromResult(plan)
        },
        connect: () => Effect.die("not used here")
      })),
    Layer.sync(Visitor, () =>
      Visitor.of({
        visit: ({ dial: planned, endpoint }, { chain }) =>
          Effect.gen({ self: this }, function*() {
            const it = this.#of(endpoint)
            const dial = it.answersAt === undefined ? planned : { ...planned, address: it.answersAt }
            const from = yield* Clock.currentTimeMillis
            this.running++
            this.mostAtOnce = Math.max(this.mostAtOnce, this.running)
            yield* Effect.sleep(it.visitMs ?? 10).pipe(Effect.ensuring(Effect.sync(() => this.running--)))
            const to = yield* Clock.currentTimeMillis
            this.log.push({ key: endpointKey(endpoint), from, to })
            const nothing = visitOfFailedPlan(endpoint, new TransportError({ reason: it.fails ?? "us", phase: "connect", detail: "" }), from)
            if (it.fails !== undefined) return { ...nothing, dial }
            const verdict = it.verdict ?? "same"
            const visit: Visit = {
              ...nothing,
              dial,
              outcome: verdict === "other" ? "failed" : "answered",
              reason: verdict === "other" ? "other network" : null,
              phase: verdict === "other" ? "session" : null,
              detail: null,
              software: "Pretend 1.0",
              cost: it.cost ?? 20,
              features: it.claims === undefined ? null : {
                serverVersion: null,
                protocolMin: null,
                protocolMax: null,
                genesisHash: null,
                hashFunction: null,
                pruning: null,
                hosts: it.claims.map((host) => ({ host, tcpPort: null, tlsPort: null, wsPort: null, wssPort: null })),
                services: []
              },
              chain: { verdict, chain: verdict === "same" ? chain.name : null, headers: [] },
              peers: { asked: 1, entries: tallied(it.peers ?? []), octets: null, dropped: 0, unseenMass: 0 },
              observations: it.throttled === true || it.resets === true
                ? [{
                  probe: "ping",
                  method: "server.ping",
                  params: "[]",
                  sentMs: 0,
                  latencyMs: 1,
                  outcome: it.resets === true ? "closed" : "throttled",
                  errorCode: it.resets === true ? null : -101,
                  errorMessage: it.resets === true ? "ECONNRESET" : "",
                  replyRaw: null,
                  replyOctets: null,
                  replyBytes: 0,
                  lineEnd: null,
                  padding: 0,
                  value: null
                }]
                : []
            }
            return visit
          })
      }))
  )
}
