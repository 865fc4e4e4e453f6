import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { shippedChains } from "../../../src/domain/chain.ts"
import type { JudgedAnswer } from "../../../src/domain/judged-answer.ts"
import { jointResponse } from "../../../src/domain/response.ts"
import type { Visit } from "../../../src/domain/visit.ts"
import { startServer } from "../../support/start-server.ts"
import { impatient, loopbackVisitor, outcomesOf, visitPort } from "../../support/visiting.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

const families = ["ElectrumX 1.16.0", "ElectrumX 1.20.0", "Fulcrum 2.1.0", "electrs/0.10.9", "electrs-esplora 0.4.1"]

const answerOf = (visit: Visit, subject: JudgedAnswer["subject"], form: JudgedAnswer["scriptForm"] = null): JudgedAnswer | undefined =>
  visit.answers.find((answer) => answer.subject === subject && answer.scriptForm === form)

/** Words that are not what the software says by default, by subject and form. */
const deviations = (visit: Visit): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    visit.answers.filter(({ filtered }) => filtered !== false).map(({ response, scriptForm, subject }) =>
      [scriptForm === null ? subject : `${subject} ${scriptForm}`, response])
  )

layer(loopbackVisitor, { excludeTestServices: true })("public scripts", (it) => {
  it.effect.each(families)("of %s that is honest are answered as its software does, form by form", (software) =>
    Effect.gen(function*() {
      const server = yield* startServer({ software })
      const visit = yield* visitPort(server.tcpPort, { chain })
      for (const subject of ["balance", "history"] as const) {
        for (const form of ["P2PKH", "P2SH", "P2WPKH", "P2WSH", "P2TR"] as const) {
          assert.deepInclude(answerOf(visit, subject, form), { response: "ok", filtered: false, causes: [] })
        }
      }
      assert.deepStrictEqual(deviations(visit), {})
      assert.deepInclude(answerOf(visit, "derived balances")!.detail, { answered: 4, of: 4, in_order: true })
    }).pipe(Effect.scoped))

  it.effect.each(families)("of %s that hides one, cuts another and lags a few blocks cost no other row", (software) =>
    Effect.gen(function*() {
      const lies = [
        { lie: "hides history", script: "P2WSH-2" },
        { lie: "hides newest", script: "P2PKH-2", transactions: 5 },
        { lie: "stale tip", blocks: 7 }
      ] as const
      const server = yield* startServer({ software, spec: { lies } })
      const visit = yield* visitPort(server.tcpPort, { chain })
      assert.deepStrictEqual(deviations(visit), {
        "balance P2PKH": "differs",
        "history P2PKH": "truncated",
        "balance P2WSH": "empty",
        "history P2WSH": "empty"
      })
      const cut = answerOf(visit, "history", "P2PKH")!
      assert.deepInclude(cut, { defaults: ["ok"], filtered: true })
      assert.include(cut.causes, "a node that is still synchronising")
      assert.deepInclude(cut.detail, { expected: 17, shown: 12 })
      assert.lengthOf(cut.detail["missing"] as ReadonlyArray<string>, 5)
    }).pipe(Effect.scoped))

  it.effect("that are not answered cost their own rows: the rest is learned", () =>
    Effect.gen(function*() {
      const lies = [{ lie: "silent", methods: ["blockchain.scripthash.get_history"] }] as const
      const server = yield* startServer({ software: "Fulcrum 2.1.0", spec: { lies } })
      const visit = yield* impatient(visitPort(server.tcpPort, { chain }))
      assert.deepInclude(outcomesOf(visit), { "history#P2TR": "timeout", "balance#P2TR": "ok", "mempool info": "ok", features: "ok" })
      assert.strictEqual(jointResponse(visit.answers.filter(({ subject }) => subject === "history").map(({ response }) => response)), "closed")
      assert.deepInclude(answerOf(visit, "history", "P2TR"), { filtered: true })
      assert.deepInclude(visit.timing, { pings: 4, untimed: null })
    }).pipe(Effect.scoped))

  it.effect("of a server that is busy are refused, possibly for our sake: no deviation", () =>
    Effect.gen(function*() {
      const lies = [{ lie: "busy", methods: ["blockchain.scripthash.get_history"] }] as const
      const server = yield* startServer({ software: "ElectrumX 1.16.0", spec: { lies } })
      const visit = yield* visitPort(server.tcpPort, { chain })
      assert.deepInclude(answerOf(visit, "history", "P2PKH"), { response: "refused", filtered: null })
      assert.deepInclude(answerOf(visit, "history", "P2TR"), { response: "not asked", filtered: null })
      assert.deepInclude(outcomesOf(visit), { features: "not asked" })
    }).pipe(Effect.scoped))

  it.effect("are held against nobody whose chain is not verified", () =>
    Effect.gen(function*() {
      // A server of another chain that shows none of its headers.
      const lies = [{ lie: "silent", methods: ["blockchain.block.header"] }] as const
      const server = yield* startServer({ software: "Fulcrum 2.1.0", chain: "testnet-sim", spec: { lies } })
      const visit = yield* impatient(visitPort(server.tcpPort, { chain }))
      assert.strictEqual(visit.chain?.verdict, "unverified")
      const histories = visit.answers.filter(({ subject }) => subject === "history")
      assert.lengthOf(histories, 5)
      for (const { detail, filtered, response } of histories) {
        assert.deepStrictEqual([response, filtered, detail["because"]], [null, null, "its chain is not verified"])
      }
    }).pipe(Effect.scoped))

  it.effect("are not asked of a server of another chain", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "Fulcrum 2.1.0", chain: "testnet-sim" })
      const visit = yield* visitPort(server.tcpPort, { chain })
      assert.deepInclude(visit, { outcome: "failed", reason: "other network" })
      assert.deepStrictEqual(deviations(visit), { balance: "not asked", history: "not asked" })
    }).pipe(Effect.scoped))
})

layer(loopbackVisitor, { excludeTestServices: true })("times", (it) => {
  it.effect("are measured apart where replies come when they are ready, and not where padding holds them back", () =>
    Effect.gen(function*() {
      const plain = yield* startServer({ software: "ElectrumX 1.16.0" })
      const visit = yield* visitPort(plain.tcpPort, { chain })
      assert.deepInclude(visit.timing, { pings: 4, paced: false, untimed: null })
      for (const part of ["medianMs", "deviationMs", "madMs"] as const) {
        assert.isAtLeast(visit.timing![part]!, 0, part)
        assert.isBelow(visit.timing![part]!, 10_000, part)
      }
      const padded = yield* startServer({ software: "ElectrumX 1.20.0" })
      const paced = (yield* visitPort(padded.tcpPort, { chain })).timing
      assert.deepInclude(paced, { pings: 0, medianMs: null, deviationMs: null, madMs: null, paced: true })
      assert.match(paced!.untimed!, /padded/)
    }).pipe(Effect.scoped))

  it.effect("of a slow server are its own, and not its line's", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "Fulcrum 2.1.0", spec: { lies: [{ lie: "slow", ms: 200 }] } })
      const { stamps, timing } = yield* visitPort(server.tcpPort, { chain })
      assert.isAtLeast(timing!.medianMs!, 195)
      assert.isBelow(stamps.connectedMs!, timing!.medianMs!)
    }).pipe(Effect.scoped))
})
