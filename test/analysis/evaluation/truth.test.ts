import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { mapTruth } from "../../../src/analysis/evaluation/server-truth.ts"
import { parseTruth, type TruthEndpoint } from "../../../src/analysis/evaluation/truth-file.ts"
import { truthText } from "../../../src/simnet/truth/truth.ts"
import { planOf } from "../../support/simnet-plan.ts"

const line = (host: string, server: string, port = 50002): TruthEndpoint => ({
  host,
  port,
  transport: "tls",
  server,
  operator: `operator of ${server}`,
  same_backend: server,
  machine: server,
  hostility: null,
  traits: []
})

const met = (serverId: number, host: string, port = 50002) => ({ serverId, host, port, transport: "tls" })

describe("a truth file", () => {
  it("is what a simulated network writes", async () => {
    const endpoints = Result.getOrThrow(parseTruth(truthText(await planOf("mixed", 1))))
    expect(endpoints.length).toBeGreaterThan(50)
    expect(endpoints.find(({ host }) => host === "tarpit.hostile.test")).toMatchObject({ server: "tarpit", hostility: "attacks" })
    expect(endpoints.find(({ host }) => host === "e1.alpha.test")).toMatchObject({ operator: "alpha", hostility: null })
  })

  it.each([
    ["", "no lines"],
    ["\n\n", "no lines"],
    [`${JSON.stringify(line("a.test", "a"))}\nnonsense\n`, "Line 2"],
    [`${JSON.stringify({ ...line("a.test", "a"), operator: 7 })}\n`, "Line 1"]
  ])("that is none says where: %j", (text, words) => {
    const parsed = parseTruth(text)
    expect(Result.isFailure(parsed) && parsed.failure.reason).toBe("bad truth")
    expect(Result.isFailure(parsed) && parsed.failure.message).toContain(words)
  })
})

describe("truth of a crawl's servers", () => {
  it("is found by host, port and transport, whatever the letters' case", () => {
    const { known } = mapTruth([line("A.test", "a"), line("a.test", "b", 443)], [met(1, "a.test"), met(2, "a.test", 443)])
    expect([...known].map(([serverId, { server }]) => [serverId, server])).toEqual([[1, "a"], [2, "b"]])
  })

  it("is not claimed for balanced names, wrong joins and strangers, and servers counted twice are said", () => {
    const mapped = mapTruth(
      [line("pool.test", "p1"), line("pool.test", "p2"), line("a.test", "a"), line("b.test", "b"), line("c.test", "c"), line("c.onion", "c")],
      [met(1, "pool.test"), met(2, "a.test"), met(2, "b.test"), met(3, "new.test"), met(4, "c.test"), met(5, "c.onion")]
    )
    expect(mapped.balanced).toEqual([1])
    expect(mapped.joined).toEqual([2])
    expect(mapped.unknown).toEqual([3])
    expect([...mapped.known.keys()]).toEqual([4, 5])
    expect(mapped.split).toEqual([[4, 5]])
  })
})
