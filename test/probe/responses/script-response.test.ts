import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { PublicScript } from "../../../src/domain/public-script.ts"
import type { JudgedReply } from "../../../src/probe/responses/reply-response.ts"
import { respondBalance, respondHistory } from "../../../src/probe/responses/script-response.ts"

const txid = (n: number): string => n.toString(16).padStart(64, "0")

const script: PublicScript = {
  name: "P2PKH-1",
  form: "P2PKH",
  address: "unused",
  script: "76a914000000000000000000000000000000000000000088ac",
  below: 1000,
  complete: true,
  balance: 5000,
  source: "test",
  entries: [
    { txid: txid(1), height: 100 },
    { txid: txid(2), height: 200 },
    { txid: txid(3), height: 200 },
    { txid: txid(4), height: 300 }
  ]
}

const asShown = script.entries.map(({ height, txid }) => ({ tx_hash: txid, height }))

const answer = (result: unknown): JudgedReply => ({ outcome: "ok", result, errorCode: null, errorMessage: null })

const error = (errorCode: number | null, errorMessage: string): JudgedReply =>
  ({ outcome: "error", result: undefined, errorCode, errorMessage })

const without = (outcome: JudgedReply["outcome"]): JudgedReply => ({ outcome, result: undefined, errorCode: null, errorMessage: null })

/** The word for a history, from a server whose tip is far above. */
const word = (shown: unknown, tip: number | null = 2000, of: PublicScript = script) => respondHistory(of, answer(shown), tip).response

describe("a history", () => {
  it("is ok when it is what is known", () => {
    expect(respondHistory(script, answer(asShown), 2000)).toEqual({ response: "ok", detail: { expected: 4, shown: 4 }, later: 0 })
    expect(word(asShown.map((entry) => ({ ...entry, tx_hash: entry.tx_hash.toUpperCase() })))).toBe("ok")
  })

  it("never suffers from what came later or is unconfirmed", () => {
    const confirmed = fc.record({ tx_hash: fc.nat({ max: 1e6 }).map((n) => txid(n + 1000)), height: fc.integer({ min: 1000, max: 3000 }) })
    const pending = fc.record({ tx_hash: fc.nat({ max: 1e6 }).map((n) => txid(n + 1000)), height: fc.constantFrom(0, -1) })
    fc.assert(fc.property(fc.array(confirmed), fc.array(pending), (more, most) => {
      const verdict = respondHistory(script, answer([...asShown, ...more, ...most]), 4000)
      expect(verdict).toMatchObject({ response: "ok", later: more.length + most.length })
    }))
  })

  it("of a server that lags behind is judged up to its tip, whatever that is", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999 }), (tip) => {
      const { response } = respondHistory(script, answer(asShown.filter(({ height }) => height <= tip)), tip)
      expect(response).toBe(tip >= 300 ? "ok" : null)
    }))
    // What it could have counts all the same.
    expect(word(asShown.slice(1, 3), 250)).toBe("truncated")
    expect(word([], 250)).toBe("empty")
    expect(word([], null)).toBeNull()
    expect(word(asShown, null)).toBe("ok")
  })

  it("that lacks something is truncated, and says what; one that lacks all is empty", () => {
    fc.assert(fc.property(fc.subarray(asShown, { maxLength: 3 }), (shown) => {
      const verdict = respondHistory(script, answer(shown), 2000)
      expect(verdict.response).toBe(shown.length === 0 ? "empty" : "truncated")
      expect(verdict.detail["missing"]).toEqual(
        asShown.filter((entry) => !shown.includes(entry)).map(({ tx_hash }) => tx_hash)
      )
    }))
    expect(word([{ tx_hash: txid(77), height: 1500 }])).toBe("empty")
  })

  it("differs when an entry has another height, is repeated, out of order or unknown", () => {
    expect(respondHistory(script, answer(asShown.with(0, { tx_hash: txid(1), height: 101 })), 2000)).toMatchObject({
      response: "differs",
      detail: { moved: [{ txid: txid(1), expected: 100, shown: 101 }] }
    })
    expect(word(asShown.with(3, { tx_hash: txid(4), height: 0 }))).toBe("differs")
    expect(word([...asShown, asShown[3]!])).toBe("differs")
    expect(word(asShown.toReversed())).toBe("differs")
    expect(respondHistory(script, answer([{ tx_hash: txid(9), height: 50 }, ...asShown]), 2000)).toMatchObject({
      response: "differs",
      detail: { added: [txid(9)] }
    })
  })

  it("may be in any order within a block", () => {
    expect(word([asShown[0], asShown[2], asShown[1], asShown[3]])).toBe("ok")
  })

  it("may have more entries where not all are known, and not less", () => {
    const partly = { ...script, complete: false, balance: null }
    expect(word([{ tx_hash: txid(9), height: 50 }, ...asShown], 2000, partly)).toBe("ok")
    expect(word([{ tx_hash: txid(9), height: 50 }, ...asShown.slice(1)], 2000, partly)).toBe("truncated")
    expect(word(asShown.with(0, { tx_hash: txid(1), height: 101 }), 2000, partly)).toBe("differs")
  })

  it.each([
    [error(1, "history too large"), "refused"],
    [error(10_001, "history too large"), "refused"],
    [error(-32603, "internal error: History for scripthash ab exceeds max history 125000 with 125001 items!"), "refused"],
    [error(1, ">200 index entries, query may take too long"), "refused"],
    [error(null, "Too many history entries"), "refused"],
    [error(null, "Too many history transactions (>500). Contact support to raise limits."), "refused"],
    [error(-32601, "unknown method \"blockchain.scripthash.get_history\""), "refused"],
    [error(2, "daemon error"), "error"],
    [without("throttled"), "refused"],
    [without("timeout"), "closed"],
    [without("closed"), "closed"],
    [without("malformed"), "differs"],
    [without("too large"), null],
    [without("not asked"), "not asked"]
  ] as const)("that does not come has a word of its own: %o", (reply, response) => {
    expect(respondHistory(script, reply, 2000)).toMatchObject({ response, later: null })
  })

  it("is untrue in what can be read of it, where the rest cannot", () => {
    const unread = (list: unknown) => respondHistory(script, { ...without("malformed"), unread: list }, 2000)
    expect(unread([{ tx_hash: txid(1), height: -5 }, { tx_hash: txid(2), height: 1e9 }, { tx_hash: txid(3), height: "7" }])).toMatchObject({
      response: "differs",
      detail: { moved: [{ txid: txid(1), shown: -5 }, { txid: txid(2), shown: 1e9 }] },
      later: null
    })
    // Nothing that can be read is untrue: it is no list, and no lie.
    for (const list of [null, "none", [null, 1, {}, { tx_hash: 7, height: 5 }], [asShown[0], { tx_hash: txid(2), height: "7" }]]) {
      expect(unread(list).detail).toHaveProperty("problem")
    }
    const long = (...entries: ReadonlyArray<unknown>) => ({ ...without("too large"), raw: `{"result":${JSON.stringify([...asShown, ...entries])}`.slice(0, -1) })
    expect(respondHistory(script, long({ tx_hash: txid(9), height: 50 }), 2000)).toMatchObject({ response: "differs", detail: { added: [txid(9)] } })
    // Anybody can pay to it later, and where not all entries are known nothing is one too many.
    expect(respondHistory(script, long({ tx_hash: txid(9), height: 1500 }), 2000).response).toBeNull()
    expect(respondHistory({ ...script, complete: false }, long({ tx_hash: txid(9), height: 50 }), 2000).response).toBeNull()
  })
})

describe("a balance", () => {
  it("is untrue where it names an amount that there is not", () => {
    const unread = (confirmed: unknown) => respondBalance(script, { ...without("malformed"), unread: { confirmed, unconfirmed: 0 } }, respondHistory(script, answer(asShown), 2000), 2000)
    for (const amount of [1e300, -1]) expect(unread(amount)).toMatchObject({ response: "differs", detail: { shown: amount, because: "there is no such amount" } })
    for (const amount of ["much", null, 1.5]) expect(unread(amount).detail, String(amount)).toHaveProperty("problem")
  })

  const balance = (confirmed: number, shown: ReadonlyArray<unknown> | null = asShown, tip: number | null = 2000) =>
    respondBalance(
      script,
      answer({ confirmed, unconfirmed: 0 }),
      respondHistory(script, shown === null ? without("timeout") : answer(shown), tip),
      tip
    ).response

  it("is ok when it is what is known, whatever the history says", () => {
    for (const shown of [asShown, [], null]) expect(balance(5000, shown)).toBe("ok")
  })

  it("differs or is empty where the server's own history has no later entries", () => {
    expect(balance(4000)).toBe("differs")
    expect(balance(0)).toBe("empty")
    expect(balance(0, [])).toBe("empty")
  })

  it("is not judged with later entries, without a history, or from a tip below the entries", () => {
    expect(balance(4000, [...asShown, { tx_hash: txid(9), height: 1500 }])).toBeNull()
    expect(balance(4000, [...asShown, { tx_hash: txid(9), height: 0 }])).toBeNull()
    expect(balance(4000, null)).toBeNull()
    expect(balance(4000, [], 250)).toBeNull()
    expect(balance(4000, [], null)).toBeNull()
  })

  it("that is not known is ok with any amount", () => {
    const unknown = { ...script, complete: false, balance: null }
    const history = respondHistory(unknown, answer(asShown), 2000)
    expect(respondBalance(unknown, answer({ confirmed: 7, unconfirmed: 0 }), history, 2000).response).toBe("ok")
  })
})
