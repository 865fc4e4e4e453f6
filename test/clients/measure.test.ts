import { describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { walletInstalled } from "./wallet-session.ts"

interface Measured {
  readonly basis: string
  readonly sessions: number
  readonly mainSessions: number
  readonly wallets: ReadonlyArray<{ readonly reusesAddress: boolean; readonly scripts: number; readonly linkedAtMain: number; readonly linkedElsewhere: number }>
  readonly pairsOfOneWallet: number
  readonly pairsRelinked: number
  readonly pairsMistaken: number
  readonly clientNames: ReadonlyArray<readonly [string, number]>
  readonly recognisedByRequests: number
  readonly pollIntervalMs: number | null
  readonly recommendations: ReadonlyArray<string>
}

describe.runIf(walletInstalled())("exposure --measure with Debian's electrum", () => {
  it("computes from servers' logs what they learned of it", async () => {
    const { code, stderr, stdout } = await runCli(["exposure", "--measure", "--measure-time", "3s", "--format", "json"], { timeoutMs: 280_000 })
    expect(code, stderr).toBe(0)
    const measured = JSON.parse(stdout) as Measured
    expect(measured.basis).toBe("measured")
    // Five runs, each with one main server, and other connections beside it.
    expect(measured.mainSessions).toBe(5)
    expect(measured.sessions).toBeGreaterThan(5)
    const [fresh, reused] = measured.wallets
    expect([fresh!.reusesAddress, reused!.reusesAddress]).toEqual([false, true])
    // Twenty addresses and ten of change are always looked ahead to; five more were paid to.
    expect(fresh!.scripts).toBe(35)
    expect(reused!.scripts).toBe(31)
    for (const wallet of measured.wallets) expect([wallet.linkedAtMain, wallet.linkedElsewhere]).toEqual([1, 0])
    expect([measured.pairsRelinked, measured.pairsOfOneWallet, measured.pairsMistaken]).toEqual([2, 2, 0])
    expect(measured.clientNames).toEqual([[expect.stringMatching(/^electrum\/4\./), measured.sessions]])
    expect(measured.recognisedByRequests).toBe(measured.sessions)
    expect(measured.recommendations[0]).toMatch(/does not help against the main server/)
  }, 300_000)
})

it("exposure --measure without the wallet says in one sentence what is missing, and fails", async () => {
  const { code, stderr, stdout } = await runCli(["exposure", "--measure", "--electrum", "/nowhere/electrum"])
  expect([code, stdout]).toEqual([1, ""])
  expect(stderr).toBe("observatory: There is no /nowhere/electrum: measuring needs Debian's wallet (apt-get install --no-install-recommends electrum).\n")
})
