import { assert, describe, it } from "vitest"
import { balanceLimit, errorLimit, visitAllowance } from "../../../src/crawl/cost-ledger.ts"
import { shippedChains } from "../../../src/domain/chain.ts"
import { deepAllowance, deepBooking, mostErrors } from "../../../src/probe/deep/budget.ts"
import { deepDialogues } from "../../../src/probe/deep/catalogue.ts"
import { proofProbes, proofQuestions } from "../../../src/probe/deep/proof-questions.ts"
import { expectedAnswers } from "../../../src/probe/deep/expected-answers.ts"
import { readme } from "../../support/readme.ts"

const proofs = shippedChains.flatMap((chain) => {
  const questions = proofQuestions(chain)
  return questions === undefined ? [] : [proofProbes(questions)]
})

const probes = deepDialogues.flatMap((dialogue) => dialogue.probes)

describe("the catalogue of deep probes", () => {
  it("fits under the ledger's limit together with the regular visit, and README has its number", () => {
    assert.isAtMost(deepAllowance("usual") + visitAllowance, balanceLimit)
    assert.isAtMost(deepBooking("usual") + balanceLimit - deepAllowance("usual"), errorLimit)
    assert.isAtMost(mostErrors, 6)
    assert.isAbove(deepAllowance("invalid json"), 1000)
    assert.include(readme("src/probe"), `room for ${deepAllowance("usual")} units`)
  })

  it("says of every probe why it is harmless and what it tells, and has each name once", () => {
    assert.strictEqual(new Set(probes.map(({ name }) => name)).size, probes.length)
    for (const { harmless, name, tells } of probes) {
      assert.isAbove(harmless.length, 10, name)
      assert.isAbove(tells.length, 4, name)
    }
  })

  it("sends one line each, with our own name where there is one, and nothing that acts on a server", () => {
    for (const { line, method, name, params } of probes) {
      const text = line(10, "client/1")
      assert.notInclude(text, "\n", name)
      assert.notMatch(text, /broadcast|add_peer|scripthash|address/, name)
      if (method === "server.version") assert.include(text, "\"client/1\"", name)
      // What identification is told was asked is what was asked.
      if (method !== "" && name !== "batch" && name !== "params-text") {
        assert.deepInclude(JSON.parse(text), { method, params: params("client/1") }, name)
      }
    }
  })

  it("asks for proofs of each chain with pinned entries in the same words, which act on no server and differ from all others", () => {
    assert.isAtLeast(proofs.length, 3)
    for (const questions of proofs) {
      const names = questions.map(({ name }) => name)
      assert.strictEqual(new Set([...names, ...probes.map(({ name }) => name)]).size, names.length + probes.length)
      for (const { harmless, method, tells } of questions) {
        assert.isAbove(Math.min(harmless.length, tells.length), 10)
        assert.notMatch(method.name, /broadcast|add_peer/)
      }
    }
  })

  it("knows for everything it compares what is usual", () => {
    for (const name of Object.keys(expectedAnswers)) assert.include(probes.map((probe) => probe.name), name)
  })
})
