import { it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { describe, expect } from "vitest"
import type { SimnetError } from "../../../src/simnet/simnet.ts"
import type { Backend } from "../../../src/simnet/world/backend.ts"
import { worldClock } from "../../../src/simnet/world/world.ts"
import { type PlainClient, plainTcp, request } from "../../support/plain-client.ts"
import { recordedNode } from "../../support/recorded-node.ts"
import { recordedNotificationsOf } from "../../support/recordings.ts"
import { ScriptedNode, transaction, unconfirmed } from "../../support/scripted-node.ts"
import { startServer } from "../../support/start-server.ts"

const everything = [
  "ElectrumX 1.16.0",
  "ElectrumX 1.18.0",
  "ElectrumX 1.20.0",
  "ElectrumX 2.0b1",
  "Fulcrum 1.9.1",
  "Fulcrum 2.1.1",
  "electrs/0.10.9",
  "electrs-esplora 0.4.1",
  "mempool-electrs 3.1.0-dev-5f2e1c3"
] as const

const recorded = ["electrumx-1.16.0", "electrumx-1.18.0", "electrumx-1.20.0", "electrumx-2.0b1", "fulcrum-2.1.1"] as const

/** What waits for padding waits together. */
const inParallel = <A extends string>(
  names: ReadonlyArray<A>,
  check: (name: A) => Generator<Effect.Effect<unknown, SimnetError, Scope.Scope>, void, never>
): Effect.Effect<void, SimnetError> =>
  Effect.forEach(names, Effect.fnUntraced(check), { concurrency: "unbounded", discard: true }).pipe(Effect.scoped)

const hello = request(0, "server.version", ["probe", ["1.4", "1.6"]])
const { scripthash } = transaction

/** As little as it takes for padding to hold nothing back: a second between what is sent. */
const breath = (ms = 1050): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const notifications = (client: PlainClient): ReadonlyArray<{ readonly method: string; readonly params: ReadonlyArray<unknown> }> =>
  client
    .lines()
    .map((line) => JSON.parse(line) as { readonly method?: string; readonly params: ReadonlyArray<unknown> })
    .flatMap(({ method, params }) => (method === undefined ? [] : [{ method, params }]))

const subscribed = async (port: number, spelling = scripthash): Promise<PlainClient> => {
  const client = plainTcp(port)
  client.send(
    hello + request(1, "blockchain.headers.subscribe") + request(2, "blockchain.scripthash.subscribe", [spelling])
  )
  await client.until((c) => c.lines().length === 3)
  return client
}

describe("what servers push", () => {
  it.live(
    "are the recorded bytes after a transaction, a block and two blocks, but for the status of a history that was not recorded",
    () =>
      inParallel(recorded, function*(name) {
        const [touched, block, blocks] = recordedNotificationsOf(name)
        const script = /[0-9a-f]{64}/.exec(touched!)![0]
        const headers = [block!, blocks!].map((line) => /"hex": ?"([0-9a-f]{160})"/.exec(line)![1]!)
        // The recorded node, two blocks later and with one more transaction.
        const { backend } = recordedNode(name === "electrumx-1.18.0" ? "electrumx-1.20.0" : name)
        const listeners: { tip: () => void; mempool: (hashes: ReadonlySet<string>) => void } = {
          tip: () => undefined,
          mempool: () => undefined
        }
        let tipHeight = backend.tipHeight
        let arrived = false
        const node: Backend = {
          ...backend,
          get tipHeight() {
            return tipHeight
          },
          header: (height) => (height === 252 ? headers[0] : height === 254 ? headers[1] : backend.header(height)),
          unconfirmed: (hash) => (arrived && hash === script ? unconfirmed : backend.unconfirmed(hash)),
          onTip: (listener) => {
            listeners.tip = listener
            return () => undefined
          },
          onMempool: (listener) => {
            listeners.mempool = listener
            return () => undefined
          }
        }
        const clock = worldClock()
        const software = name.replace("electrumx-", "ElectrumX ").replace("fulcrum-", "Fulcrum ")
        const server = yield* startServer({ software, chain: "regtest", backend: node, clock })
        yield* Effect.promise(async () => {
          const client = await subscribed(server.tcpPort, script)
          const expectNext = async (act: () => void, expected: string): Promise<void> => {
            const before = client.size()
            act()
            await breath()
            clock.advance(10_000)
            await client.until((c) => c.size() - before >= Buffer.byteLength(expected))
            const got = client.received().subarray(before).toString("utf8")
            const masked = (text: string): string =>
              text.includes("scripthash") ? text.replaceAll(/[0-9a-f]{64}/g, (h) => (h === script ? h : "status")) : text
            expect(masked(got)).toBe(masked(expected))
          }
          await expectNext(() => {
            arrived = true
            listeners.mempool(new Set([script]))
          }, touched!)
          await expectNext(() => {
            tipHeight = 252
            listeners.tip()
          }, block!)
          await expectNext(() => {
            tipHeight = 253
            listeners.tip()
            tipHeight = 254
            listeners.tip()
          }, blocks!)
          client.destroy()
        })
      }),
    20_000
  )

  it.live("are one notification for blocks that came together, and one for a script whose history changed", () =>
    inParallel(everything, function*(software) {
      const node = new ScriptedNode()
      const clock = worldClock()
      const server = yield* startServer({ software, backend: node, clock })
      yield* Effect.promise(async () => {
        const client = await subscribed(server.tcpPort)
        node.mine()
        node.mine()
        clock.advance(10_000)
        await client.until((c) => notifications(c).length === 1)
        const [tip] = notifications(client)
        expect(tip).toEqual({
          method: "blockchain.headers.subscribe",
          params: [{ height: 12, hex: node.header(12) }]
        })
        await breath()
        node.receive(unconfirmed.slice(0, 1))
        clock.advance(10_000)
        await client.until((c) => notifications(c).length === 2)
        expect(notifications(client)[1]).toMatchObject({
          method: "blockchain.scripthash.subscribe",
          params: [scripthash, expect.stringMatching(/^[0-9a-f]{64}$/)]
        })
        await breath()
        node.reorganise()
        clock.advance(10_000)
        await client.until((c) => notifications(c).length === 3)
        expect(notifications(client)[2]!.params).toEqual([{ height: 12, hex: node.header(12) }])
        client.destroy()
      })
    })
  )

  it.live("ElectrumX echoes a scripthash as it was spelled, Fulcrum in lower case", () =>
    Effect.gen(function*() {
      for (const [software, shown] of [
        ["ElectrumX 1.17.0", scripthash.toUpperCase()],
        ["Fulcrum 2.1.1", scripthash]
      ] as const) {
        const node = new ScriptedNode()
        const clock = worldClock()
        const server = yield* startServer({ software, backend: node, clock })
        yield* Effect.promise(async () => {
          const client = await subscribed(server.tcpPort, scripthash.toUpperCase())
          node.receive([])
          clock.advance(10_000)
          await client.until((c) => notifications(c).length === 1)
          expect(notifications(client)[0]!.params[0]).toBe(shown)
          client.destroy()
        })
      }
    }).pipe(Effect.scoped)
  )

  it.live("Fulcrum tells of a transaction's height, and of nothing that the client left", () =>
    Effect.gen(function*() {
      const node = new ScriptedNode()
      const clock = worldClock()
      const server = yield* startServer({ software: "Fulcrum 2.1.1", backend: node, clock })
      yield* Effect.promise(async () => {
        const client = await subscribed(server.tcpPort)
        client.send(
          request(3, "blockchain.headers.unsubscribe") +
            request(4, "blockchain.scripthash.unsubscribe", [scripthash]) +
            request(5, "blockchain.transaction.subscribe", [transaction.txid]) +
            request(6, "blockchain.scripthash.unsubscribe", [scripthash])
        )
        await client.until((c) => c.lines().length === 7)
        expect(client.lines().slice(3)).toEqual(
          ["true", "true", "7", "false"].map((result, i) => `{"id":${i + 3},"jsonrpc":"2.0","result":${result}}`)
        )
        node.receive([])
        node.mine()
        clock.advance(10_000)
        client.send(request(7, "server.ping"))
        await client.until((c) => c.lines().length === 8)
        expect(notifications(client)).toEqual([])
        client.destroy()
      })
    }).pipe(Effect.scoped)
  )
})

describe("what a server knows of its node", () => {
  let asked = 100
  const ask = async (client: PlainClient, method: string, params: ReadonlyArray<unknown> = []): Promise<unknown> => {
    const id = asked++
    const reply = (): { readonly result: unknown } | undefined =>
      client
        .lines()
        .map((line) => JSON.parse(line) as { readonly id?: number; readonly result: unknown })
        .find((message) => message.id === id)
    client.send(request(id, method, params))
    await client.until(() => reply() !== undefined)
    return reply()!.result
  }

  it.live("ElectrumX hears of a block by polling, Fulcrum at once; both follow the node until they stop", () =>
    Effect.gen(function*() {
      const node = new ScriptedNode()
      const clock = worldClock()
      const heights: Array<number> = []
      yield* Effect.gen(function*() {
        for (const [software, ms] of [["ElectrumX 1.17.0", 10_000], ["Fulcrum 2.1.1", 800]] as const) {
          const server = yield* startServer({ software, backend: node, clock })
          yield* Effect.promise(async () => {
            const client = plainTcp(server.tcpPort)
            client.send(hello)
            await client.until((c) => c.lines().length === 1)
            node.mine()
            const tip = async (): Promise<void> => {
              heights.push(((await ask(client, "blockchain.headers.subscribe")) as { readonly height: number }).height)
            }
            await tip()
            clock.advance(ms)
            await tip()
            client.destroy()
          })
        }
        expect(node.followers).toBe(2)
      }).pipe(Effect.scoped)
      expect(heights).toEqual([10, 11, 11, 12])
      expect(node.followers).toBe(0)
    })
  )

  it.live("ElectrumX keeps its histogram for two minutes and estimates until the next block", () =>
    Effect.gen(function*() {
      const node = new ScriptedNode()
      let rate = 5
      let estimates = 0
      Object.defineProperty(node, "mempool", { get: () => [[rate, 100_000, 0, 0, 100_000]] })
      node.estimateFee = () => ++estimates / 1e5
      const clock = worldClock()
      const server = yield* startServer({ software: "ElectrumX 1.17.0", backend: node, clock })
      yield* Effect.promise(async () => {
        const client = plainTcp(server.tcpPort)
        client.send(hello)
        await client.until((c) => c.lines().length === 1)
        const seen: Array<unknown> = []
        seen.push(await ask(client, "mempool.get_fee_histogram"), await ask(client, "blockchain.estimatefee", [2]))
        rate = 6
        seen.push(await ask(client, "mempool.get_fee_histogram"), await ask(client, "blockchain.estimatefee", [2]))
        clock.advance(120_000)
        seen.push(await ask(client, "mempool.get_fee_histogram"), await ask(client, "blockchain.estimatefee", [2]))
        node.mine()
        clock.advance(10_000)
        seen.push(await ask(client, "blockchain.estimatefee", [2]))
        expect(seen).toEqual([[[5, 100_000]], 1e-5, [[5, 100_000]], 1e-5, [[6, 100_000]], 1e-5, 2e-5])
        client.destroy()
      })
    }).pipe(Effect.scoped)
  )
})
