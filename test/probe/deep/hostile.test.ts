import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { connect } from "node:net"
import type { Duplex } from "node:stream"
import { deepAllowance, deepBooking, mostErrors } from "../../../src/probe/deep/budget.ts"
import { deepDialogues } from "../../../src/probe/deep/catalogue.ts"
import type { DeepVisit } from "../../../src/probe/deep/deep-visitor.ts"
import { VisitTimeouts } from "../../../src/probe/visit-timeouts.ts"
import { traits } from "../../../src/simnet/traits/traits.ts"
import { deepVisitPort } from "../../support/deep-visiting.ts"
import { tcpServer } from "../../support/loopback-server.ts"
import { movedClock } from "../../support/moved-clock.ts"
import { startServer } from "../../support/start-server.ts"
import { eachLine } from "../../support/wire-server.ts"

/** Every usual probe has its row, once, whatever happened. */
const hasEveryRow = ({ visit }: DeepVisit): void => {
  const probes = deepDialogues.flatMap(({ probes, when }) => (when === "invalid json" ? [] : probes)).map(({ name }) => `deep/${name}`)
  for (const probe of probes) {
    assert.lengthOf(visit.observations.filter((seen) => seen.probe === probe), 1, probe)
  }
}

/** For servers that do not answer: what does not come need not be waited for. */
const impatient = Effect.provideService(VisitTimeouts, { handshakeMs: 400, exchangeMs: 400, sessionMs: 4000 })

/** For those that answer at once, and of which it is looked at what: a busy machine may take its time. */
const patient = Effect.provideService(VisitTimeouts, { handshakeMs: 30_000, exchangeMs: 30_000, sessionMs: 300_000 })

const endlessly = (socket: Duplex, piece: string): void => {
  const next = (): void => {
    if (!socket.destroyed) socket.write(piece, () => setImmediate(next))
  }
  next()
}

describe("a deep visit", { concurrent: true }, () => {
  for (const name of Object.keys(traits)) {
    it.live(`ends within its bounds, and with a row for each probe, at a server that is ${name}`, () =>
      Effect.gen(function*() {
        const { tcpPort } = yield* startServer({ software: "Fulcrum 2.1.1", traits: [name] })
        const deep = yield* deepVisitPort(tcpPort, { behavesLike: { implementation: "Fulcrum", range: null } }).pipe(impatient)
        hasEveryRow(deep)
        assert.isAtMost(deep.visit.cost, deepAllowance("usual") + 100)
        assert.isAtMost(deep.replies.filter(({ outcome }) => outcome === "error" || outcome === "throttled").length, mostErrors)
        assert.isAtMost(deep.visit.stamps.endedMs, 30_000)
        assert.strictEqual(deep.visit.outcome === "failed", deep.visit.reason !== null)
      }).pipe(Effect.scoped), 120_000)
  }

  /** What a server does with each line it gets. */
  const hostile: Readonly<Record<string, (line: string, socket: Duplex) => void>> = {
    "an endless line": (_, socket) => endlessly(socket, "x".repeat(10_000)),
    "endless lines": (_, socket) => endlessly(socket, "{\"method\":\"x\"}\n".repeat(1000)),
    "an error for everything": (_, socket) => void socket.write("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"no\"},\"id\":null}\n"),
    "a nest of brackets": (_, socket) => void socket.write(`${"[".repeat(30_000)}\n`),
    "bytes that are no text": (_, socket) => void socket.write(Buffer.from([0xff, 0xfe, 0, 10])),
    "half a line and the end": (_, socket) => void socket.end("{\"jsonrpc\":\"2.0\",\"resu"),
    "nothing ever": () => {},
    "a refusal to be asked more": (_, socket) =>
      void socket.write("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-101,\"message\":\"excessive resource usage\"},\"id\":1}\n")
  }
  for (const [name, act] of Object.entries(hostile)) {
    it.live(`survives ${name}`, () =>
      Effect.gen(function*() {
        let connections = 0
        const { port } = yield* tcpServer((socket) => {
          connections++
          socket.on("error", () => {})
          eachLine(socket, (line) => act(line, socket))
        })
        const isPrompt = name === "half a line and the end" || name === "a refusal to be asked more"
        const deep = yield* deepVisitPort(port).pipe(isPrompt ? patient : impatient)
        hasEveryRow(deep)
        assert.isAtMost(deep.visit.bytesIn, 3_000_000)
        if (name === "nothing ever") assert.strictEqual(connections, 2)
        if (name === "a refusal to be asked more") {
          assert.strictEqual(connections, 1)
          assert.strictEqual(deep.malformed.response, "not asked")
          assert.deepInclude(deep.visit.observations[0], { probe: "deep/proofs version", outcome: "throttled" })
        }
        if (name === "an error for everything") {
          assert.isAtMost(deep.replies.filter(({ outcome }) => outcome === "error").length, mostErrors)
        }
        if (name === "half a line and the end") assert.strictEqual(deep.malformed.response, "truncated")
      }).pipe(Effect.scoped), 120_000)
  }

  it.live("brings no more errors than are booked for it where all but the handshake is answered with errors, good pings too", () =>
    Effect.gen(function*() {
      let errors = 0
      const { port } = yield* tcpServer((socket) => {
        socket.on("error", () => {})
        const errorTo = (id: unknown): string => {
          errors++
          return JSON.stringify({ jsonrpc: "2.0", error: { code: -32603, message: "no" }, id })
        }
        eachLine(socket, (line) => {
          const asked = JSON.parse(line) as { readonly id?: unknown; readonly method?: unknown } | ReadonlyArray<{ readonly id: unknown }>
          if (Array.isArray(asked)) return void socket.write(`[${asked.map(({ id }) => errorTo(id)).join(", ")}]\n`)
          const { id, method } = asked as { readonly id?: unknown; readonly method?: unknown }
          socket.write(`${method === "server.version" ? JSON.stringify({ jsonrpc: "2.0", result: ["ElectrumX 1.16.0", "1.4.2"], id }) : errorTo(id)}\n`)
        })
      })
      const deep = yield* deepVisitPort(port).pipe(patient)
      hasEveryRow(deep)
      assert.isAbove(errors, 2)
      assert.isAtLeast(deep.visit.cost, 100 * errors)
      assert.isAtMost(deep.visit.cost, deepBooking("usual"))
    }).pipe(Effect.scoped), 120_000)

  /** Answers every line; `slowly` is called for each packet. */
  const plainServer = (slowly = () => {}) =>
    tcpServer((socket) => {
      socket.on("error", () => {})
      socket.on("data", slowly)
      eachLine(socket, (line) => {
        const replies = [JSON.parse(line) as { readonly id?: unknown; readonly method?: string }].flat()
          .map(({ id, method }) => ({ jsonrpc: "2.0", result: method === "server.version" ? ["X 1", "1.4"] : null, id }))
        socket.write(`${JSON.stringify(line.startsWith("[") ? replies : replies[0])}\n`)
      })
    })

  it.live("is not charged for our own pace", () =>
    Effect.gen(function*() {
      const { port } = yield* plainServer()
      const { clock, forward } = yield* movedClock
      const pace = Effect.sync(() => forward(60_000))
      const { isCut, malformed, visit } = yield* deepVisitPort(port, { pace }).pipe(patient, Effect.provideService(Clock.Clock, clock))
      assert.isAbove(visit.stamps.endedMs, 300_000)
      assert.isFalse(isCut)
      assert.strictEqual(malformed.answers["id-null"], "ok")
    }).pipe(Effect.scoped), 120_000)

  it.live("leaves out what it has no time left for, and takes no slow reply for silence", () =>
    Effect.gen(function*() {
      const { clock, forward } = yield* movedClock
      // A quarter of what is waited for an answer, and so often that the visit's time is up before its end.
      const { port } = yield* plainServer(() => forward(7500))
      const times = Effect.provideService(VisitTimeouts, { handshakeMs: 30_000, exchangeMs: 30_000, sessionMs: 84_000 })
      const behavesLike = { implementation: "ElectrumX", range: null } as const
      const deep = yield* deepVisitPort(port, { behavesLike }).pipe(times, Effect.provideService(Clock.Clock, clock))
      hasEveryRow(deep)
      assert.isTrue(deep.isCut)
      assert.deepStrictEqual(deep.malformed.differs, [])
      const left = deep.visit.observations.filter(({ outcome }) => outcome === "not asked")
      assert.isAbove(left.length, 3)
      assert.isTrue(left.some(({ errorMessage }) => errorMessage === "the visit had taken its time"))
      assert.isFalse(deep.visit.observations.some(({ outcome }) => outcome === "timeout"))
    }).pipe(Effect.scoped), 120_000)

  it.live("names no software when a balanced name leads its connections to different ones", () =>
    Effect.gen(function*() {
      const { tcpPort: one } = yield* startServer({ software: "ElectrumX 1.16.0" })
      const { tcpPort: other } = yield* startServer({ software: "Fulcrum 1.12.0" })
      let connections = 0
      const { port } = yield* tcpServer((socket) => {
        const behind = connect(connections++ % 2 === 0 ? one : other, "127.0.0.1")
        for (const end of [socket, behind]) end.on("error", () => {})
        socket.pipe(behind).pipe(socket)
      })
      const { malformed, visit } = yield* deepVisitPort(port, { behavesLike: { implementation: "ElectrumX", range: null } })
      assert.deepInclude(malformed, { comparedWith: null, notCompared: "its connections were answered by different software", differs: [] })
      assert.deepInclude(visit.identification!, { implementation: null, range: null, fingerprintHash: null, contradictions: [] })
    }).pipe(Effect.scoped), 120_000)

  for (const software of ["ElectrumX 1.17.0", "Fulcrum 2.1.1", "electrs/0.10.9"]) {
    it.live(`takes no repeated line of ${software} for the reply to its next question`, () =>
      Effect.gen(function*() {
        const visits = yield* Effect.forEach([[], ["repeated-ids"]], (traits) =>
          Effect.gen(function*() {
            const { tcpPort } = yield* startServer({ software, traits })
            return yield* deepVisitPort(tcpPort)
          }))
        const answers = visits.map(({ replies }) => replies.map(({ errorCode, outcome, probe }) => [probe, outcome, errorCode]))
        assert.deepStrictEqual(answers[1], answers[0])
        const [usual, repeating] = visits.map(({ visit }) => visit)
        assert.deepStrictEqual(repeating!.identification!.range, usual!.identification!.range)
        assert.strictEqual(repeating!.identification!.fingerprintHash, usual!.identification!.fingerprintHash)
        const remarks = repeating!.observations.filter(({ errorMessage }) => errorMessage === "its id was answered before")
        assert.isAbove(remarks.length, 3)
        assert.isTrue(remarks.every(({ probe }) => /^deep\/.*\+[0-9]$/.test(probe)))
      }).pipe(Effect.scoped), 120_000)
  }

  it.live("costs a stall or garbage its own probe's row only", () =>
    Effect.gen(function*() {
      const { port } = yield* tcpServer((socket) => {
        socket.on("error", () => {})
        eachLine(socket, (line) => {
          if (line.includes("\"text\"")) return void socket.write("garbage\n")
          if (line.includes("no_such_method")) return
          const { id } = JSON.parse(line) as { readonly id?: number }
          const result = line.includes("server.version") ? "[\"X 1\",\"1.4\"]" : "null"
          socket.write(`{"jsonrpc":"2.0","result":${result},"id":${JSON.stringify(id ?? null)}}\n`)
        })
      })
      const { malformed, visit } = yield* deepVisitPort(port)
      const outcome = (probe: string) => visit.observations.find((seen) => seen.probe === `deep/${probe}`)?.outcome
      assert.deepStrictEqual(
        ["id-text", "id-fraction", "unknown-method", "too-many-params", "refused-range"].map(outcome),
        ["malformed", "ok", "timeout", "ok", "ok"]
      )
      assert.strictEqual(malformed.answers["unknown-method"], "none")
    }).pipe(Effect.scoped), 30_000)
})
