import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { describe, expect } from "vitest"
import { startSimnet } from "../../src/simnet/simnet.ts"
import type { TruthLine } from "../../src/simnet/truth.ts"

const truthOf = (scenario: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const file = `${yield* fs.makeTempDirectoryScoped()}/truth.jsonl`
    const net = yield* startSimnet({ scenario, socksPort: 0, dnsPort: 0, truthFile: file, randomSeed: 1 })
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
          "country",
          "asn"
        ])
        expect(line.alive).toBe(line.reason === null)
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

  it.effect("cannot be written to nowhere", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        startSimnet({
          scenario: "mixed",
          socksPort: 0,
          dnsPort: 0,
          truthFile: "/nonexistent/truth.jsonl",
          randomSeed: 1
        })
      )
      expect(error.reason).toBe("cannot write")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
