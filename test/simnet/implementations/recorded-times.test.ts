import { it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { describe, expect, it as plainIt } from "vitest"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { electrumx } from "../../../src/simnet/implementations/electrumx/electrumx.ts"
import { fulcrum } from "../../../src/simnet/implementations/fulcrum/fulcrum.ts"
import { planListed } from "../../../src/simnet/plan/plan.ts"
import { Scenario } from "../../../src/simnet/scenario/scenario.ts"
import { World, worldClock } from "../../../src/simnet/world/world.ts"
import { plainTcp, request } from "../../support/plain-client.ts"
import { recordedNode } from "../../support/recorded-node.ts"
import { recordedErrorRuns, recordedIdleTimes, type RecordedServer, recordedSessionTimes } from "../../support/recordings.ts"
import { startServer } from "../../support/start-server.ts"

const softwareOf = (server: string): string =>
  server.replace("electrumx-", "ElectrumX ").replace("fulcrum-", "Fulcrum ")

const parameters: Readonly<Record<string, ReadonlyArray<unknown>>> = {
  "server.version": ["probe", "1.4"],
  "blockchain.estimatefee": [2],
  "blockchain.block.header": [0]
}

/** Milliseconds and bytes of each reply to requests sent one after the other, after a pause or at once. */
const sequence = async (
  port: number,
  methods: ReadonlyArray<string>,
  pauseMs: number
): Promise<ReadonlyArray<{ readonly ms: number; readonly bytes: number }>> => {
  const client = plainTcp(port)
  await client.until((c) => !c.socket.connecting)
  const replies: Array<{ readonly ms: number; readonly bytes: number }> = []
  for (const [id, method] of methods.entries()) {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    const before = client.size()
    const began = performance.now()
    client.send(request(id, method, parameters[method] ?? []))
    await client.until((c) => c.lines().length === id + 1)
    replies.push({ ms: performance.now() - began, bytes: client.size() - before })
  }
  client.destroy()
  return replies
}

/** Half of the second for which padding holds a reply back. */
const heldBack = (ms: number): boolean => ms > 500

describe("reply times as recorded", () => {
  it.live(
    "each reply is held back, or not, as the recorded one of the same sequence, and padded to the same length",
    () =>
      Effect.forEach(
        recordedSessionTimes(),
        Effect.fnUntraced(function*({ server, gap_s: gap, replies }) {
          // 1.18.0 was not recorded otherwise, but beside the others.
          const { backend, spec, others } = recordedNode(server === "electrumx-1.18.0" ? "electrumx-1.20.0" : (server as RecordedServer))
          const running = yield* startServer({ software: softwareOf(server), chain: "regtest", backend, spec, others })
          // The first eight tell when holding back begins, six what pauses do; the others were alike.
          const compared = replies.slice(0, gap === 0 ? 8 : 6)
          const got = yield* Effect.promise(() =>
            sequence(running.tcpPort, compared.map(([method]) => method), gap * 1000)
          )
          expect([server, got.map(({ ms }) => heldBack(ms))]).toEqual([server, compared.map(([, ms]) => heldBack(ms))])
          const padded = server.startsWith("electrumx") && server !== "electrumx-1.16.0"
          if (padded) expect(got.map(({ bytes }) => bytes)).toEqual(compared.map(([, , bytes]) => bytes))
        }),
        { concurrency: "unbounded", discard: true }
      ).pipe(Effect.scoped),
    30_000
  )
})

describe("thirty unknown methods, one after the other", () => {
  it.live(
    "get as many replies as recorded before the end, in about the time that ElectrumX's costs take",
    () =>
      Effect.forEach(
        // The padded ones need a second for each.
        recordedErrorRuns().filter(({ server }) => server === "electrumx-1.16.0" || server === "fulcrum-2.1.1"),
        Effect.fnUntraced(function*({ server, replies, ended, s }) {
          const running = yield* startServer({ software: softwareOf(server) })
          yield* Effect.promise(async () => {
            const client = plainTcp(running.tcpPort)
            const began = performance.now()
            for (let id = 0; id < 30 && client.closed() === null; id++) {
              client.send(request(id, "no.such"))
              await client.until((c) => c.lines().length === id + 1 || c.closed() !== null)
            }
            const seconds = (performance.now() - began) / 1000
            expect([server, client.lines().length, client.closed() !== null]).toEqual([server, replies, ended !== null])
            expect(Math.abs(seconds - s)).toBeLessThan(2)
            client.destroy()
          })
        }),
        { concurrency: "unbounded", discard: true }
      ).pipe(Effect.scoped),
    30_000
  )
})

describe("idle times as recorded", () => {
  plainIt("are within five seconds of when the recorded servers closed silent connections", () => {
    const { model } = planListed(
      Schema.decodeUnknownSync(Scenario)({
        name: "idle",
        title: "one server",
        chain: "mainnet-sim",
        seeds: ["server.test:50001:t"],
        round_trip_ms: [0, 0],
        jitter_ms: 0,
        servers: [
          {
            id: "server",
            operator: "operator",
            software: "ElectrumX 1.18.0",
            names: [{ host: "server.test", addresses: ["240.0.0.1"], tcp: 50001 }]
          }
        ]
      }),
      seededRandom(1),
      new World(seededRandom(1), worldClock())
    )[0]!
    const seconds = recordedIdleTimes().map(({ server, kind, after_s: after }) => {
      const { idle } = server.startsWith("fulcrum")
        ? fulcrum(model)
        : electrumx(model, { compact: false, exhausted: false })
      const ours = (kind === "silent" || kind === "partial" ? idle!.before : idle!.after) / 1000
      return { server, kind, off: Math.abs(ours - after) }
    })
    expect(seconds.length).toBeGreaterThan(15)
    expect(seconds.filter(({ off }) => off > 5)).toEqual([])
  })
})
