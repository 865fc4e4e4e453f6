import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { describe, expect } from "vitest"
import type { TruthLine } from "../../../src/simnet/truth/truth.ts"
import { startFree } from "../../support/running-simnet.ts"
import { planOf } from "../../support/simnet-plan.ts"

const truthOf = (scenario: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const file = `${yield* fs.makeTempDirectoryScoped()}/truth.jsonl`
    const net = yield* startFree({ scenario, truthFile: file })
    const text = yield* fs.readFileString(file)
    return {
      net,
      lines: text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as TruthLine)
    }
  })

describe("the truth file", () => {
  it.effect("has one line per endpoint with everything the simulation knows", () =>
    Effect.gen(function*() {
      const { net, lines } = yield* truthOf("mixed")
      expect(lines).toHaveLength(net.endpoints)
      expect(new Set(lines.map((line) => line.server)).size).toBe(net.servers)
      for (const line of lines) {
        expect(Object.keys(line)).toEqual([
          "host",
          "port",
          "transport",
          "server",
          "operator",
          "same_backend",
          "machine",
          "implementation",
          "version",
          "alive",
          "reason",
          "traits",
          "hostility",
          "blind_spot",
          "country",
          "asn",
          "city",
          "org",
          "addresses",
          "calls_itself",
          "protocol_max",
          "banner",
          "donation",
          "claims",
          "relay_fee",
          "tip_height",
          "certificate",
          "changes"
        ])
        expect(line.alive).toBe(line.reason === null)
        expect(line.certificate === null).toBe(line.transport === "tcp")
      }
      expect(net.listeners.size).toBe(lines.filter((line) => line.alive).length)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("tells twins, fleets and shared backends apart", () =>
    Effect.gen(function*() {
      const { lines } = yield* truthOf("mixed")
      const of = (server: string): ReadonlyArray<TruthLine> => lines.filter((line) => line.server === server)
      expect(new Set(of("delta").map((line) => line.host.endsWith(".onion"))).size).toBe(2)
      expect(of("alpha-1")[0]!.same_backend).toBe(of("alpha-3")[0]!.same_backend)
      expect(of("epsilon-1")[0]!.same_backend).not.toBe(of("epsilon-2")[0]!.same_backend)
      expect(of("epsilon-1")[0]!.operator).toBe(of("epsilon-2")[0]!.operator)
      expect(of("dead-no-name")[0]).toMatchObject({ alive: false, reason: "no name" })
      expect(of("tarpit")[0]).toMatchObject({ alive: true, traits: ["tarpit"] })
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("names the nodes: servers with equal same_backend know the same, to the satoshi, and others do not", () =>
    Effect.gen(function*() {
      const { lines } = yield* truthOf("mixed")
      const plan = yield* Effect.promise(() => planOf("mixed", 1))
      const shown = new Map<string, Set<string>>()
      for (const { id, model } of plan.servers) {
        const label = lines.find((line) => line.server === id)!.same_backend
        const { backend } = model
        const fees = [1, 2, 6, 25, 144].flatMap((target) => [backend.estimateFee(target), backend.estimateFee(target, true)])
        const known = JSON.stringify([fees, backend.mempool, backend.mempoolMinFee, backend.subversion])
        shown.set(label, (shown.get(label) ?? new Set()).add(known))
      }
      const shared = Map.groupBy(new Set(lines.map((line) => `${line.server} ${line.same_backend}`)), (text) => text.split(" ")[1]!)
      expect([...shared.values()].some((servers) => servers.length > 1)).toBe(true)
      expect(shown.size).toBeGreaterThan(20)
      for (const known of shown.values()) expect(known.size).toBe(1)
      expect(new Set([...shown.values()].flatMap((known) => [...known])).size).toBe(shown.size)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("cannot be written to nowhere", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(startFree({ scenario: "mixed", truthFile: "/nonexistent/truth.jsonl" }))
      expect(error.reason).toBe("cannot write")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
