import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { scripthashOf } from "../../../src/simnet/bitcoin/hash.ts"
import { publicScripts } from "../../../src/simnet/chain/public-scripts.ts"
import type { PlannedServer } from "../../../src/simnet/plan/plan.ts"
import type { LieSpec } from "../../../src/simnet/scenario/lie-spec.ts"
import type { RunningSimnet } from "../../../src/simnet/simnet.ts"
import { startFree } from "../../support/running-simnet.ts"
import { planOf } from "../../support/simnet-plan.ts"
import { type Asked, askAll, through, throughTls } from "../../support/through-front.ts"

const start = (scenario: string) =>
  Effect.gen(function*() {
    const net = yield* startFree({ scenario, randomSeed: 3 })
    const { servers } = yield* Effect.promise(() => planOf(scenario, 3))
    return { net, servers }
  })

interface As {
  readonly name?: string
  readonly user?: string
  readonly circuit?: string
  readonly onion?: boolean
}

/** Ask a planned server as one client or another. */
const ask = (net: RunningSimnet, server: PlannedServer, asked: ReadonlyArray<Asked>, as: As = {}) =>
  Effect.promise(async () => {
    const { host, tcp, tls } = server.names.find((name) => name.host.endsWith(".onion") === (as.onion === true))!
    const client = tcp === null
      ? await throughTls(net, host, tls!, as.user, as.circuit)
      : await through(net, host, tcp, as.user, as.circuit)
    return askAll(client, asked, as.name)
  })

/** The question for the history of a public script. */
const historyOf = (name: string): Asked => {
  const { script } = publicScripts("mainnet-sim").find((known) => known.name === name)!
  return ["blockchain.scripthash.get_history", [scripthashOf(script)]]
}

const lengthOf = (answer: unknown): number => (answer as ReadonlyArray<unknown>).length

/** Expected hashes of a range of headers. */
const workOf = (headers: ReadonlyArray<string>): number =>
  headers.reduce((sum, header) => {
    const bits = Buffer.from(header.slice(144, 152), "hex").readUInt32LE()
    return sum + 2 ** 256 / ((bits & 0xffffff) * 2 ** (8 * ((bits >>> 24) - 3)) + 1)
  }, 0)

const fork = 2100

describe("scenario lying-majority", () => {
  it.live("shows most who ask around a chain of less work or an empty history, and the minority agrees", () =>
    Effect.gen(function*() {
      const { net, servers } = yield* start("lying-majority")
      const asked = servers.filter((s) => s.failure === null && s.model.chain.name === "mainnet-sim")
      const views = yield* Effect.forEach(
        asked,
        (server) =>
          ask(net, server, [["blockchain.block.headers", [fork, 100]], historyOf("P2WPKH-2")]).pipe(
            Effect.map(([reply, history]) => ({
              headers: (reply as { readonly hex: string }).hex.match(/.{160}/g)!,
              entries: lengthOf(history),
              lies: server.lies.map((lie) => lie.lie)
            }))
          ),
        { concurrency: 16 }
      )
      const honest = views.filter((view) => view.lies.length === 0)
      const of = (lie: LieSpec["lie"]) => {
        const found = views.filter((view) => view.lies.includes(lie))
        expect(found.length, lie).toBeGreaterThan(1)
        return found
      }
      expect(honest.length).toBeGreaterThan(1)
      expect(honest.length).toBeLessThan(views.length / 2)
      for (const { headers, entries } of honest) {
        expect(headers[5]).toBe(honest[0]!.headers[5])
        expect(entries).toBeGreaterThan(0)
      }
      for (const { headers } of of("low-work fork")) {
        expect(headers[5]).not.toBe(honest[0]!.headers[5])
        expect(headers.length).toBeGreaterThanOrEqual(honest[0]!.headers.length)
        expect(workOf(headers)).toBeLessThan(workOf(honest[0]!.headers))
      }
      for (const { headers, entries } of of("hides history")) {
        expect([headers[5] === honest[0]!.headers[5], entries]).toEqual([true, 0])
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 60_000
  )
})

describe("scenario selective", () => {
  const fees: Asked = ["blockchain.estimatefee", [6]]
  const tip: Asked = ["blockchain.headers.subscribe"]
  const height = (answer: unknown): number => (answer as { readonly height: number }).height

  it.live("lies to some addresses, late in a connection, in some connections, at onions, to wallets", () =>
    Effect.gen(function*() {
      const { net, servers } = yield* start("selective")
      // Servers that pace their replies take a second for each: the others do as well here.
      const one = (fleet: string): PlannedServer =>
        servers.find(
          (s) => s.id.startsWith(`${fleet}-`) && s.failure === null && !/^ElectrumX (1\.1[89]|1\.2|2)/.test(s.software.text)
        )!
      const circuits = Array.from({ length: 30 }, (_, i) => String(i))

      const picky = yield* Effect.forEach(
        circuits,
        (circuit) => ask(net, one("picky"), [historyOf("P2PKH-2")], { user: "exit", circuit }),
        { concurrency: 8 }
      )
      const hidden = picky.filter(([history]) => lengthOf(history) === 0).length
      // 30 addresses, one in three: sd 2.6.
      expect(hidden).toBeGreaterThan(2)
      expect(hidden).toBeLessThan(19)

      const pings = Array.from({ length: 12 }, (): Asked => ["server.ping"])
      const patient = yield* ask(net, one("patient"), [historyOf("P2SH-3"), ...pings, historyOf("P2SH-3")])
      expect(lengthOf(patient[0]) - lengthOf(patient.at(-1))).toBe(2)

      // A Fulcrum takes twelve connections of an address, those that are ending included.
      const moody = yield* Effect.forEach(circuits, () => ask(net, one("moody"), [["mempool.get_fee_histogram"]]), {
        concurrency: 4
      })
      const empty = moody.filter(([bins]) => lengthOf(bins) === 0).length
      expect(empty).toBeGreaterThan(4)
      expect(empty).toBeLessThan(26)

      const sheltered = one("sheltered")
      const [openTip, openFee] = yield* ask(net, sheltered, [tip, fees])
      const [onionTip, onionFee] = yield* ask(net, sheltered, [tip, fees], { onion: true })
      expect(height(openTip) - height(onionTip)).toBe(5)
      expect(onionFee as number).toBeGreaterThan((openFee as number) * 4)

      const view = (as: As) =>
        ask(net, one("targeting"), [["blockchain.block.header", [fork + 5]]], as).pipe(Effect.map(([header]) => header))
      const truth = yield* view({ name: "someone/1" })
      expect(yield* view({ name: "electrum/4.5.8" })).not.toBe(truth)
      expect(yield* view({ name: "electrum/4.5.8", user: "exit" })).toBe(truth)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 60_000
  )
})

describe("scenario churn", () => {
  it.live("goes through two weeks: outages hit all at once, fleets upgrade together, names follow addresses", () =>
    Effect.gen(function*() {
      const { net, servers } = yield* start("churn")
      const [hour, day] = [3_600_000, 86_400_000]
      for (let i = 0; i < 14; i++) net.clock.advance(day)
      const all = net.happenings()
      const hit = servers.filter((server) => server.asn === 64620).map((server) => server.id)
      const began = all.filter((h) => h.what === "down" && h.at === net.clock.epoch + 30 * hour).map((h) => h.server!)
      expect(began.length).toBeGreaterThan(hit.length / 2)
      expect(began.filter((id) => !hit.includes(id))).toEqual([])
      expect(all.filter((h) => h.server === null).map((h) => h.what)).toEqual(["our line down", "our line up"])

      const upgrades = Map.groupBy(all.filter((h) => h.what === "upgrade"), (h) => h.server!.replace(/-\d+$/, ""))
      const spread = (name: string): number => {
        const times = upgrades.get(name)!.filter((h) => h.detail === "ElectrumX 1.20.0").map((h) => h.at)
        return Math.max(...times) - Math.min(...times)
      }
      expect(spread("cypress")).toBeLessThan(20.01 * 60_000)
      expect(spread("steady")).toBeGreaterThan(day)

      const running = servers.find((s) => s.id.startsWith("cypress-") && all.findLast((h) => h.server === s.id && h.what !== "upgrade")?.what === "up")!
      const [features] = yield* ask(net, running, [["server.features"]])
      expect(features).toMatchObject({ server_version: "ElectrumX 2.0b1" })
      expect(all.filter((h) => h.what === "move").length).toBeGreaterThan(10)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 60_000
  )
})
