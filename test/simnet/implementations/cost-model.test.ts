import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import type { RunningSimnet } from "../../../src/simnet/simnet.ts"
import { runScenario, through } from "../../support/through-front.ts"

const onion = `${"cost".repeat(14)}.onion`

const network = runScenario({
  seeds: ["x.test:50001:t"],
  network: {
    vantages: [
      { name: "one", address: "198.51.100.7" },
      { name: "neighbour", address: "198.51.100.200" },
      { name: "elsewhere", address: "192.0.2.7" }
    ]
  },
  servers: [
    {
      id: "x",
      operator: "x",
      software: "ElectrumX 1.16.0",
      names: [
        { host: "x.test", addresses: ["240.1.1.1"], tcp: 50001 },
        { host: onion, tcp: 50001 }
      ]
    }
  ]
})

/** Connect, send lines that are no JSON, 1,100 units each, and leave when all of them are answered. */
const misbehave = (net: RunningSimnet, lines: number, user: string, host = "x.test") =>
  Effect.promise(async () => {
    const client = await through(net, host, 50001, user)
    client.send("{\n".repeat(lines))
    await client.until((c) => c.lines().length === lines)
    client.destroy()
  })

/** The answer to a first, honest request. */
const first = (net: RunningSimnet, user: string, host = "x.test") =>
  Effect.promise(async () => {
    const client = await through(net, host, 50001, user)
    client.send('{"jsonrpc":"2.0","id":0,"method":"server.version","params":["test","1.4"]}\n')
    await client.until((c) => c.lines().length === 1, 10_000)
    const closed = client.until((c) => c.closed() !== null, 200).then(() => true, () => false)
    const reply = JSON.parse(client.lines()[0]!) as { readonly error?: { readonly code: number } }
    const ended = await closed
    client.destroy()
    return { code: reply.error?.code ?? null, ended }
  })

describe("a simulated ElectrumX charges", () => {
  it.live("all of a /24 together, remembers when they have left, and charges nobody else", () =>
    Effect.gen(function*() {
      const net = yield* network
      expect(yield* first(net, "one")).toEqual({ code: null, ended: false })
      // The hard limit is 10,000 units.
      yield* misbehave(net, 10, "one")
      expect(yield* first(net, "one")).toEqual({ code: -101, ended: true })
      expect(yield* first(net, "neighbour")).toEqual({ code: -101, ended: true })
      expect(yield* first(net, "elsewhere")).toEqual({ code: null, ended: false })
    }).pipe(Effect.scoped)
  )

  it.live("onion clients each for themselves: they come from its own Tor, an address that it exempts", () =>
    Effect.gen(function*() {
      const net = yield* network
      yield* misbehave(net, 10, "one", onion)
      expect(yield* first(net, "one", onion)).toEqual({ code: null, ended: false })
    }).pipe(Effect.scoped)
  )
})
