import { assert, describe, it } from "@effect/vitest"
import { measuredRecommendations, measureLeaks, type WalletRun } from "../../../src/analysis/exposure/measured-leaks.ts"
import { overlapOf, pollIntervals, requestPattern, sessionsOf } from "../../../src/analysis/exposure/server-log.ts"
import type { LoggedRequest } from "../../../src/domain/request-log.ts"

const opening = ["server.version", "blockchain.headers.subscribe", ...Array.from({ length: 4 }, () => "blockchain.estimatefee")]

/** A session's requests, ten milliseconds apart from `at` on. */
const session = (number: number, server: string, at: number, scripts: ReadonlyArray<string>, methods: ReadonlyArray<string> = opening): ReadonlyArray<LoggedRequest> =>
  [...methods.map((method) => ({ method, script_hashes: [] as ReadonlyArray<string> })), ...scripts.map((script) => ({ method: "blockchain.scripthash.subscribe", script_hashes: [script] }))]
    .map(({ method, script_hashes }, i) => ({
      at: at + 10 * i,
      server,
      session: number,
      client: "198.51.100.7",
      method,
      client_name: method === "server.version" ? "electrum/4.3.4" : null,
      script_hashes
    }))

const run = (wallet: string, from: number, reusesAddress = false): WalletRun => ({ wallet, reusesAddress, from, to: from + 999 })

const anna = (server: string): string => server.startsWith("anna") ? "anna" : server

describe("what servers' logs say of wallets", () => {
  it("is the share of a wallet's scripts that one session has, at the main server and elsewhere", () => {
    const log = [
      ...session(1, "anna-1", 0, ["a", "b", "c", "d"]),
      ...session(2, "bert", 20, []),
      ...session(3, "carl", 2000, ["x", "y"]),
      ...session(4, "anna-1", 2030, ["x", "y", "z"])
    ]
    const { mainSessions, sessions, wallets } = measureLeaks(log, [run("one", 0), run("two", 2000, true)], anna)
    assert.deepStrictEqual([sessions, mainSessions], [4, 3])
    assert.deepStrictEqual(wallets, [
      { reusesAddress: false, scripts: 4, linkedAtMain: 1, linkedElsewhere: 0 },
      { reusesAddress: true, scripts: 3, linkedAtMain: 1, linkedElsewhere: 0 }
    ])
  })

  it("counts sessions that scripts tie together again at servers of one operator only, and those tied wrongly", () => {
    const log = [
      ...session(1, "anna-1", 0, ["a", "b", "c"]),
      ...session(2, "anna-2", 1000, ["a", "b", "c", "d"]),
      // The same wallet at somebody else's, and another wallet at both of Anna's.
      ...session(3, "bert", 2000, ["a", "b", "c", "d"]),
      ...session(4, "anna-1", 3000, ["x", "y"]),
      ...session(5, "anna-2", 4000, ["x", "y"])
    ]
    const leaks = measureLeaks(log, [run("one", 0), run("one", 1000), run("one", 2000), run("two", 3000), run("two", 4000)], anna)
    assert.deepStrictEqual([leaks.pairsRelinked, leaks.pairsOfOneWallet, leaks.pairsMistaken, leaks.pairsOfTwoWallets], [2, 2, 0, 2])
  })

  it("would mistake wallets that have most scripts in common, and says so", () => {
    const log = [...session(1, "anna-1", 0, ["a", "b", "c"]), ...session(2, "anna-2", 1000, ["a", "b", "d"])]
    assert.deepStrictEqual(measureLeaks(log, [run("one", 0), run("two", 1000)], anna).pairsMistaken, 1)
    assert.strictEqual(overlapOf(new Set(["a"]), new Set()), 0)
  })

  it("tells Electrum's main and other connections by what they ask, and others from both", () => {
    const patterns = [
      session(1, "s", 0, ["a"]),
      session(2, "s", 0, []),
      session(3, "s", 0, [], [...opening, "server.banner", "server.donation_address", "server.peers.subscribe"]),
      session(4, "s", 0, ["a"], ["server.version", "server.banner"]),
      session(5, "s", 0, [], ["blockchain.headers.subscribe", ...opening])
    ].map((requests) => requestPattern(sessionsOf(requests)[0]!))
    assert.deepStrictEqual(patterns, ["Electrum, main server", "Electrum, other connection", "Electrum, main server", "other", "other"])
  })

  it("finds the interval of polls, rounds of several requests counted once", () => {
    const round = (at: number) => session(1, "s", at, [], ["blockchain.estimatefee", "blockchain.estimatefee"])
    assert.deepStrictEqual(pollIntervals(sessionsOf([...round(0), ...round(60_000), ...round(121_000)])[0]!), [60_000, 61_000])
    assert.strictEqual(measureLeaks(round(0), [], anna).pollIntervalMs, null)
  })

  it("of an empty log is nothing, and recommends nothing about wallets", () => {
    const leaks = measureLeaks([], [], anna)
    assert.deepStrictEqual([leaks.sessions, leaks.wallets, leaks.clientNames], [0, [], []])
    assert.lengthOf(measuredRecommendations(leaks), 1)
  })
})

describe("recommendations about what was measured", () => {
  const log = [
    ...session(1, "anna-1", 0, ["a", "b", "c", "d"]),
    ...session(2, "bert", 20, []),
    ...session(3, "anna-2", 1000, ["a", "b", "c", "d"])
  ]
  const leaks = measureLeaks(log, [run("one", 0), run("one", 1000)], anna)

  it("follow from the figures", () => {
    const text = (changes: Partial<typeof leaks>) => measuredRecommendations({ ...leaks, ...changes }).join("\n")
    assert.match(text({}), /does not help against the main server, which has 100 %/)
    assert.match(text({}), /1 of 1 pairs of sessions were tied together again/)
    assert.match(text({}), /Other connections are asked about no script/)
    assert.notMatch(text({}), /Fee estimates every/)
    assert.match(text({ pollIntervalMs: 61_000 }), /Fee estimates every 61 s/)
    assert.match(text({ pairsRelinked: 0 }), /tied together in 0 of 1 cases/)
    assert.match(text({ wallets: [{ reusesAddress: false, scripts: 4, linkedAtMain: 0.25, linkedElsewhere: 0.25 }] }), /has 25 % of the scripts.*splitting works in part/)
  })
})
