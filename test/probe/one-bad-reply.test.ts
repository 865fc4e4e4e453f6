import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { shippedChains } from "../../src/domain/chain.ts"
import { isInRange } from "../../src/domain/implementation.ts"
import type { Visit } from "../../src/domain/visit.ts"
import { VisitTimeouts } from "../../src/probe/visit-timeouts.ts"
import { worldClock } from "../../src/simnet/world/world.ts"
import { type Fault, middleMan } from "../support/middle-man.ts"
import { startServer } from "../support/start-server.ts"
import { loopbackVisitor, visitPort } from "../support/visiting.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

/** Neither pads nor holds replies back, so that a visit is over in no time. */
const softwares = ["ElectrumX 1.16.0", "Fulcrum 2.1.1", "electrs/0.10.9"] as const

const resultOf = (text: string): Fault => (_, id) => `{"jsonrpc":"2.0","result":${text},"id":${id}}\n`

/** What may happen to one reply. */
const faults: Readonly<Record<string, Fault>> = {
  "is missing": () => null,
  "is no JSON": () => Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x22, 0x5b, 0x0a]),
  "is a batch": (_, id) => `[{"jsonrpc":"2.0","result":1,"id":${id}}]\n`,
  "has no id": () => `{"jsonrpc":"2.0","result":null}\n`,
  "is null": resultOf("null"),
  "is of another type": resultOf(`{"a":[[[{"b":-1e999}]]],"hosts":7}`),
  "is an empty list": resultOf("[]"),
  "is a lie": resultOf(`"\\u001b[2J${"0".repeat(40)}"`),
  "is nested deeply": resultOf(`${"[".repeat(3000)}${"]".repeat(3000)}`),
  "is longer than any that is read": resultOf(`"${"x".repeat(2_500_000)}"`),
  "is longer than any that is read, and begins with its id": (_, id) => `{"id":${id},"jsonrpc":"2.0","result":[${"[1,1],".repeat(400_000)}[]]}\n`,
  "is an error": (_, id) => `{"jsonrpc":"2.0","error":{"code":-32603,"message":"internal server error"},"id":${id}}\n`,
  "is an error of no form": (_, id) => `{"jsonrpc":"2.0","error":[[]],"id":${id}}\n`
}

/** After these no reply comes that is taken for one: they are waited for. */
const unanswered: ReadonlySet<string> = new Set(["is missing", "is no JSON", "is a batch", "has no id", "is nested deeply"])

/** Long enough for a busy machine to answer, and where a reply never comes short enough to wait for it. */
const visit = (port: number, fault?: string) =>
  visitPort(port, { chain, peerRounds: 1 }).pipe(Effect.provideService(VisitTimeouts, {
    handshakeMs: 15_000, exchangeMs: fault !== undefined && unanswered.has(fault) ? 3000 : 15_000, sessionMs: 60_000
  }))

/** What every probe brought: outcome and decoded value; lines that answer nothing are left out. */
const learned = ({ observations }: Visit) =>
  observations.filter(({ probe }) => !probe.startsWith("stray#")).map(({ outcome, probe, value }) => [probe, outcome, value] as const)

layer(loopbackVisitor, { excludeTestServices: true })("a reply", (it) => {
  for (const [i, software] of softwares.entries()) {
    for (const [j, [name, fault]] of Object.entries(faults).entries()) {
      it.effect(`of ${software} that ${name} costs its own probe alone, whichever of a third it is`, () =>
        Effect.gen(function*() {
          const { tcpPort } = yield* startServer({ software, clock: worldClock(0) })
          const usual = yield* visit(tcpPort)
          const probes = learned(usual)
          assert.isAbove(probes.length, 7)
          assert.strictEqual(probes[0]![0], "version")
          // Each fault meets every probe of some software, each software every fault, and every probe of each software faults of all kinds.
          yield* Effect.forEach(probes.keys().drop(1).filter((asked) => (asked + j) % softwares.length === i).toArray(), (asked) =>
            Effect.gen(function*() {
              const between = yield* middleMan(tcpPort, asked, fault)
              const spoiled = yield* visit(between.port, name)
              const what = `${probes[asked]![0]} ${name}`
              assert.strictEqual(spoiled.outcome, "answered", what)
              // Of a kind whose first reply is long no more are asked for.
              const isFirst = probes.findIndex(([probe]) => probe.startsWith("history#")) === asked
              const expected = name.startsWith("is longer") && isFirst
                ? probes.map((row, i) => i > asked && row[0].startsWith("history#") ? [row[0], "not asked", null] as const : row)
                : probes
              const inOrder = (rows: ReadonlyArray<readonly [string, string, string | null]>) =>
                rows.toSpliced(asked, 1).toSorted(([a], [b]) => a < b ? -1 : 1)
              assert.deepStrictEqual(inOrder(learned(spoiled)), inOrder(expected), what)
              // One odd reply may leave less to go by; it never makes another of a server.
              const { implementation, range } = spoiled.identification!
              if (implementation === null) return
              assert.strictEqual(implementation, usual.identification!.implementation, what)
              assert.isTrue(isInRange(software.replace(/^.*[ /]/, ""), range!), what)
            }), { concurrency: 4 })
        }).pipe(Effect.scoped), { concurrent: true, timeout: 240_000 })
    }
  }
})
