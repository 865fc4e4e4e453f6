import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ByteBudget } from "../../src/electrum/byte-budget.ts"
import { peersProbe, pipelinedProbes } from "../../src/probe/catalogue.ts"
import { deepBooking } from "../../src/probe/deep/budget.ts"
import { openSession } from "../../src/probe/open-session.ts"
import { mostErrors, wholeRoom } from "../../src/probe/request-limit.ts"
import { VisitTimeouts } from "../../src/probe/visit-timeouts.ts"
import { deepVisitPort } from "../support/deep-visiting.ts"
import { honestResult, testChain } from "../support/electrum-server.ts"
import { tcpServer } from "../support/loopback-server.ts"
import { loopbackEndpoint, loopbackVisitor, planFor, visitPort } from "../support/visiting.ts"
import { eachLine, loopbackDialer } from "../support/wire-server.ts"

/** Ids under which errors come that say nothing of whose they are. */
const odd: Readonly<Record<string, (id: unknown) => unknown>> = {
  "null": () => null,
  "one that was never sent": (id) => Number(id) + 1000,
  "a text that is no number": (id) => `error of ${String(id)}`
}

interface Asked {
  readonly id: unknown
  readonly method: string
  readonly params: ReadonlyArray<unknown>
}

/** Good with the handshake and with what is spared; all else is answered with errors under odd ids. */
const erringServer = Effect.fnUntraced(function*(oddId: (id: unknown) => unknown, isSpared: (asked: Asked, number: number) => boolean) {
  const seen = { errors: 0 }
  const errorTo = (id: unknown): object => {
    seen.errors++
    return { jsonrpc: "2.0", error: { code: -32603, message: "internal server error" }, id: oddId(id) }
  }
  const { port } = yield* tcpServer((socket) => {
    socket.on("error", () => {})
    let number = 0
    eachLine(socket, (line) => {
      const asked = JSON.parse(line) as Asked | ReadonlyArray<Asked>
      if (Array.isArray(asked)) return void socket.write(`${JSON.stringify((asked as ReadonlyArray<Asked>).map(({ id }) => errorTo(id)))}\n`)
      const one = asked as Asked
      const isGood = one.method === "server.version" || isSpared(one, ++number)
      const reply = isGood ? { jsonrpc: "2.0", result: honestResult(one), id: one.id } : errorTo(one.id)
      socket.write(`${JSON.stringify(reply)}\n`)
    })
  })
  return { port, seen }
})

const none = (): boolean => false
/** The chain is shown, and of the rest every second one is answered. */
const everySecond = ({ method }: Asked, number: number): boolean =>
  number % 2 === 0 || method === "blockchain.headers.subscribe" || method === "blockchain.block.header"

const patient = Effect.provideService(VisitTimeouts, { handshakeMs: 5000, exchangeMs: 1000, sessionMs: 30_000 })

describe("errors that come under other ids than those asked", { concurrent: true }, () => {
  for (const [name, oddId] of Object.entries(odd)) {
    for (const [which, isSpared] of [["everything", none], ["every second question", everySecond]] as const) {
      it.live(`count in a regular visit, where ${which} is answered with them and the id is ${name}`, () =>
        Effect.gen(function*() {
          const { port, seen } = yield* erringServer(oddId, isSpared)
          const visit = yield* visitPort(port, { chain: testChain }).pipe(patient, Effect.provide(loopbackVisitor))
          assert.isAbove(seen.errors, 3)
          assert.isAtMost(seen.errors, mostErrors)
          assert.isAtLeast(visit.cost, 100 * seen.errors)
          assert.isAtMost(visit.cost, wholeRoom.units)
        }).pipe(Effect.scoped), 60_000)
    }

    it.live(`count in the visits of snapshots and of questions in two ways, where the id is ${name}`, () =>
      Effect.gen(function*() {
        const { port, seen } = yield* erringServer(oddId, none)
        const session = yield* openSession(planFor(loopbackEndpoint(port)), {
          chain: testChain,
          clientName: "electrum-observatory/test",
          kind: "snapshot",
          room: { errors: 3, units: 700 }
        })
        const probes = pipelinedProbes(testChain)
        assert.lengthOf(yield* session.ask(probes, 1000), 3)
        assert.lengthOf(yield* session.ask([peersProbe(1)], 1000), 0)
        assert.strictEqual(session.spent(), "3 errors were enough")
        const visit = yield* session.leave
        assert.strictEqual(seen.errors, 3)
        assert.isAtLeast(visit.cost, 300)
      }).pipe(patient, Effect.scoped, Effect.provide(Layer.merge(loopbackDialer, ByteBudget.layer))), 60_000)

    it.live(`count in a deep visit, proofs and malformed requests, and are no more than is booked for it, where the id is ${name}`, () =>
      Effect.gen(function*() {
        const { port, seen } = yield* erringServer(oddId, none)
        const { visit } = yield* deepVisitPort(port).pipe(patient)
        assert.isAbove(seen.errors, 2)
        assert.isAtLeast(visit.cost, 100 * seen.errors)
        assert.isAtMost(visit.cost, deepBooking("usual"))
      }).pipe(Effect.scoped), 60_000)
  }
})
