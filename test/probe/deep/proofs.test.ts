import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { shippedChains } from "../../../src/domain/chain.ts"
import type { DeepVisit } from "../../../src/probe/deep/deep-visitor.ts"
import { proofSubjects } from "../../../src/probe/deep/judge-proofs.ts"
import { proofQuestions } from "../../../src/probe/deep/proof-questions.ts"
import { VisitTimeouts } from "../../../src/probe/visit-timeouts.ts"
import type { traits } from "../../../src/simnet/traits/traits.ts"
import { deepVisitPort } from "../../support/deep-visiting.ts"
import { startServer } from "../../support/start-server.ts"

const chainOf = (name: string) => shippedChains.find((chain) => chain.name === name)!

/** Nothing was paid to the script since, or the software closes on the question: nothing is asked, or nothing comes. */
const isUsual = ({ detail, filtered, response }: DeepVisit["visit"]["answers"][number]): boolean =>
  detail["because"] === "its history has no later entry" || (filtered === false && response !== "differs")

/** Of answers that are not `ok`: what they are, by subject. */
const notOk = ({ visit }: DeepVisit): Readonly<Record<string, string | null>> =>
  Object.fromEntries(visit.answers.filter((answer) => answer.response !== "ok" && !isUsual(answer)).map(({ response, subject }) => [subject, response]))

const detailOf = ({ visit }: DeepVisit, subject: string): Readonly<Record<string, unknown>> =>
  visit.answers.find((answer) => answer.subject === subject)!.detail

/** One of each family, whose replies are not padded. */
const families = ["ElectrumX 1.16.0", "Fulcrum 2.1.0", "electrs/0.10.9", "electrs-esplora 0.4.1"]

/** It is looked at what is answered, not when: a busy machine may take its time. */
const patiently = (...input: Parameters<typeof deepVisitPort>) =>
  Effect.provideService(deepVisitPort(...input), VisitTimeouts, { handshakeMs: 60_000, exchangeMs: 60_000, sessionMs: 600_000 })

describe("questions for proofs", { concurrent: true }, () => {
  /** What each lie makes of the answers; what is not named is `ok`. */
  const lying: Readonly<Partial<Record<keyof typeof traits, Readonly<Record<string, string | null>>>>> = {
    "wrong-merkle": { "merkle proof": "differs" },
    "endless-merkle": { "merkle proof": "differs", "header range": "not asked", "features twice": "not asked", "further histories": "not asked" },
    "wrong-transaction": { transaction: "differs" },
    "wrong-values": { unspent: "differs" },
    "wrong-status": { status: "differs" },
    "status-not-hex": { status: "differs" },
    // Whoever alters every history is found out by it elsewhere too, and nothing else is held against it.
    "repeated-history": { status: null, unspent: null, "further histories": "differs" },
    "unsorted-history": { status: null, unspent: null },
    "invented-history": { status: null, unspent: null, "later entry": "differs" },
    "short-headers": { "header range": "differs" },
    "shuffled-headers": { "header range": "differs" },
    "stale-tip": { "header range": "differs" },
    "unconnected-tip": { "header range": "differs" },
    "genesis-changes": { "features twice": "differs" },
    // We end the connection on what has no end; nothing is held against what was under way.
    "endless-history": { "merkle proof": "not asked", unspent: "closed", status: "not asked", "header range": "not asked", "features twice": "not asked", "later entry": "not asked", "further histories": "not asked" },
    "odd-history": { status: null, unspent: null, "later entry": "not asked", "further histories": "differs" },
    "wrong-balance": {}
  }
  for (const [name, answers] of Object.entries(lying)) {
    for (const software of families) {
      it.live(`show ${name} of ${software} in its own row and in no other`, () =>
        Effect.gen(function*() {
          const { tcpPort } = yield* startServer({ software, traits: [name] })
          // It closes on the question, and is not asked it after a regular visit that saw so.
          const offersFeatures = !software.startsWith("electrs-esplora")
          const deep = yield* patiently(tcpPort, { offersFeatures })
          const told = (some: Readonly<Record<string, string | null>>) =>
            Object.fromEntries(Object.entries(some).filter(([subject]) => offersFeatures || subject !== "features twice"))
          assert.deepStrictEqual(told(notOk(deep)), told(answers ?? {}), JSON.stringify(deep.visit.answers))
          for (const { filtered, response } of deep.visit.answers) assert.strictEqual(filtered === true, response === "differs")
        }).pipe(Effect.scoped), 180_000)
    }
  }

  it.live("are asked again where they contradict, and the rows say what was expected", () =>
    Effect.gen(function*() {
      const { tcpPort } = yield* startServer({ software: "Fulcrum 2.1.0", traits: ["wrong-transaction", "wrong-values"] })
      const deep = yield* patiently(tcpPort)
      const { entry } = proofQuestions(chainOf("mainnet-sim"))!
      assert.deepInclude(detailOf(deep, "transaction"), { expected: entry.txid, times: 2 })
      assert.deepInclude(detailOf(deep, "unspent"), { contradicts: "balance", times: 2 })
      const probes = deep.visit.observations.map(({ probe }) => probe)
      assert.includeMembers(probes, ["deep/transaction again", "deep/unspent again", "deep/history again"])
      assert.notInclude(probes, "deep/status again")
    }).pipe(Effect.scoped), 180_000)

  it.live("hold nothing against who lags behind, hides the history as a whole, or serves another chain", () =>
    Effect.gen(function*() {
      const { entry, script } = proofQuestions(chainOf("mainnet-sim"))!
      const hides = yield* startServer({ software: "Fulcrum 2.1.0", spec: { lies: [{ lie: "hides history", script: script.name }] } })
      assert.deepStrictEqual(notOk(yield* patiently(hides.tcpPort)), { unspent: null, status: null })
      const stale = yield* startServer({ software: "Fulcrum 2.1.0", spec: { lies: [{ lie: "stale tip", blocks: 1400 }] } })
      const behind = notOk(yield* patiently(stale.tcpPort))
      assert.notInclude(Object.values(behind), "differs", JSON.stringify([behind, entry]))
      const other = yield* startServer({ software: "ElectrumX 1.16.0", chain: "testnet-sim" })
      assert.deepStrictEqual(notOk(yield* patiently(other.tcpPort)), {
        "merkle proof": "error",
        transaction: "error",
        unspent: null,
        status: null,
        "further histories": null
      })
    }).pipe(Effect.scoped), 180_000)

  it.live("find who tells the truth about the scripts that every visit asks for, and hides or cuts others", () =>
    Effect.gen(function*() {
      const liars = [{ lie: "hides history", script: "P2SH-2" }, { lie: "hides newest", script: "P2TR-4", transactions: 1 }] as const
      for (const lie of liars) {
        const { tcpPort } = yield* startServer({ software: "Fulcrum 2.1.0", spec: { lies: [lie] } })
        const deep = yield* patiently(tcpPort)
        assert.deepStrictEqual(notOk(deep), { "further histories": "differs" })
        const { scripts, times } = detailOf(deep, "further histories")
        assert.deepStrictEqual((scripts as ReadonlyArray<{ readonly script: string }>).map(({ script }) => script), [lie.script])
        assert.strictEqual(times, 2)
      }
      const lagging = yield* startServer({ software: "Fulcrum 2.1.0", spec: { lies: [{ lie: "stale tip", blocks: 1400 }] } })
      assert.notStrictEqual(notOk(yield* patiently(lagging.tcpPort))["further histories"], "differs")
    }).pipe(Effect.scoped), 180_000)

  it.live("are not asked where nothing is pinned", () =>
    Effect.gen(function*() {
      const { tcpPort } = yield* startServer({ software: "Fulcrum 2.1.0" })
      const deep = yield* patiently(tcpPort, { chain: chainOf("regtest") })
      assert.deepStrictEqual(notOk(deep), Object.fromEntries(proofSubjects.map((subject) => [subject, "not asked"])))
      assert.strictEqual(detailOf(deep, "status")["because"], "no public scripts of regtest are known")
      assert.isFalse(deep.visit.observations.some(({ probe }) => probe.startsWith("deep/transaction")))
    }).pipe(Effect.scoped), 180_000)
})
