import { Duplex, Transform } from "node:stream"
import { Effect, Layer } from "effect"
import { CostGroups } from "../../src/simnet/implementations/electrumx/cost-groups.ts"
import { Visitor } from "../../src/probe/visitor.ts"
import { Dialer } from "../../src/transport/dialer.ts"
import type { CrawledNetwork } from "./crawled-network.ts"

const errorCost = 100

const errorTo = (id: unknown): string =>
  `${JSON.stringify({ jsonrpc: "2.0", error: { code: -32603, message: "internal server error" }, id })}\n`

/** By host: methods that it answers with an error, or all but the handshake. */
export type Erring = Readonly<Record<string, ReadonlyArray<string> | "all">>

/**
 * Dials as before; some hosts answer methods with errors. All keep books about
 * us as ElectrumX does, in which each error counts a hundred units.
 */
export class ServerBooks {
  readonly #erring: Erring
  readonly #groups = new Map<string, CostGroups>()
  /** Milliseconds that passed for the servers beside the real ones. */
  passedMs = 0

  constructor(erring: Erring) {
    this.#erring = erring
  }

  /** Most units that a host ever had on its books for us. */
  mostOf(host: string): number {
    return this.#groups.get(host)?.most ?? 0
  }

  layer(inner: CrawledNetwork["layer"]): CrawledNetwork["layer"] {
    const keeping = Layer.effect(
      Dialer,
      Effect.map(Dialer, (dialer) =>
        Dialer.of({
          plan: dialer.plan,
          connect: (plan) =>
            Effect.map(dialer.connect(plan), (connection) => ({
              ...connection,
              socket: this.#kept(plan.endpoint.host, connection.socket)
            }))
        }))
    ).pipe(Layer.provideMerge(inner))
    // A visitor of its own: the other one dials as before.
    return Layer.fresh(Visitor.layer).pipe(Layer.provideMerge(keeping))
  }

  #groupsOf(host: string): CostGroups {
    const known = this.#groups.get(host) ?? new CostGroups(() => Date.now() + this.passedMs, false)
    this.#groups.set(host, known)
    return known
  }

  #kept(host: string, socket: Duplex): Duplex {
    const cost = this.#groupsOf(host).enter("198.18.0.0/24")
    const erring = this.#erring[host] ?? []
    const failing = new Set<unknown>()
    const write = new Transform({
      transform: (bytes: Buffer, _, done) => {
        cost.addBytes(bytes.length)
        for (const line of bytes.toString("utf8").split("\n").filter((text) => text.trim() !== "")) {
          const { id, method } = JSON.parse(line) as { readonly id: unknown; readonly method: string }
          if (erring === "all" ? method !== "server.version" : erring.includes(method)) failing.add(id)
        }
        done(null, bytes)
      }
    })
    let rest = ""
    const read = new Transform({
      transform: (bytes: Buffer, _, done) => {
        cost.addBytes(bytes.length)
        const lines = (rest + bytes.toString("utf8")).split("\n")
        rest = lines.pop()!
        done(null, lines.map((line) => {
          const { error, id } = JSON.parse(line) as { readonly error?: unknown; readonly id: unknown }
          const isError = failing.has(id) || error !== undefined
          if (isError) cost.add(errorCost)
          return failing.has(id) ? errorTo(id) : `${line}\n`
        }).join(""))
      }
    })
    socket.on("close", cost.leave)
    write.pipe(socket)
    return Duplex.from({ readable: socket.pipe(read), writable: write })
  }
}
