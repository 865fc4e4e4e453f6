import { expect } from "vitest"
import { decodeBlockHeader } from "../../../src/domain/block-header.ts"
import { simulatedChain } from "../../../src/simnet/chain.ts"
import { hello, talk, lineOf, resultOf, honest, tip, features, type TraitChecks } from "../../support/trait-check.ts"

export const contentChecks: TraitChecks = {
  "null-results": async (server) => {
    expect(await resultOf(server, "blockchain.headers.subscribe")).toBeNull()
  },
  "deep-nesting": async (server) => {
    expect(await lineOf(server, "server.banner")).toContain("[".repeat(100_000))
  },
  "huge-number": async (server) => {
    expect(await lineOf(server, "blockchain.headers.subscribe")).toMatch(/"height":9{1000000}\}/)
  },
  "huge-banner": async (server) => {
    expect(((await resultOf(server, "server.banner")) as string).length).toBeGreaterThan(10_000_000)
  },
  "banner-escapes": async (server) => {
    const banner = (await resultOf(server, "server.banner")) as string
    for (const character of ["\u0000", "\u001b", "\u009b", "\u202e", "\u200b"]) expect(banner).toContain(character)
  },
  "html-banner": async (server) => {
    expect(await resultOf(server, "server.banner")).toContain("<script>")
  },
  "lone-surrogates": async (server) => {
    expect(((await resultOf(server, "server.banner")) as string).isWellFormed()).toBe(false)
  },
  "nan-tokens": async (server) => {
    expect(await lineOf(server, "blockchain.headers.subscribe")).toContain("[NaN,Infinity,-Infinity]")
  },
  "version-as-string": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 1)
    expect(JSON.parse(client.lines()[0]!)).toMatchObject({ result: "Fulcrum 2.1.0" })
  },
  "version-as-numbers": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 1)
    expect(JSON.parse(client.lines()[0]!)).toMatchObject({ result: [1.18, 1.4] })
  },
  "version-out-of-range": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 1)
    expect(JSON.parse(client.lines()[0]!)).toMatchObject({ result: ["Fulcrum 2.1.0", "9.9"] })
  },
  "wrong-genesis": async (server) => {
    expect((await features(server)).genesis_hash).not.toBe(simulatedChain("mainnet-sim").hash(0))
  },
  "claims-other-host": async (server) => {
    expect(Object.keys((await features(server)).hosts as object)).toEqual(
      expect.arrayContaining(["server.test", honest])
    )
  },
  "claims-other-software": async (server) => {
    expect((await features(server)).server_version).toBe("ElectrumX 99.9")
  },
  "huge-features": async (server) => {
    expect(Object.keys((await features(server)).hosts as object)).toHaveLength(20_000)
  },
  "odd-features": async (server) => {
    expect(await features(server)).toMatchObject({ hosts: ["a.test"], server_version: 7, genesis_hash: [] })
  },
  "stale-tip": async (server) => {
    expect((await tip(server)).height).toBeLessThan(1700)
  },
  "absurd-tip": async (server) => {
    expect((await tip(server)).height).toBe(1_000_000_000)
  },
  "negative-tip": async (server) => {
    expect((await tip(server)).height).toBe(-1)
  },
  "work-free-tip": async (server) => {
    expect(decodeBlockHeader((await tip(server)).hex)!.meetsOwnTarget).toBe(false)
  },
  "bad-header-hex": async (server) => {
    expect(decodeBlockHeader((await resultOf(server, "blockchain.block.header", [0])) as string)).toBeUndefined()
  }
}
