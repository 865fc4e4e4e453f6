import { expect } from "vitest"
import { simulatedChain } from "../../../src/simnet/chain/chain.ts"
import { hello, request } from "../../support/plain-client.ts"
import { features, honest, lineOf, resultOf, talk, type TraitChecks } from "../../support/trait-check.ts"

export const contentChecks: TraitChecks = {
  "null-results": async (server) => {
    expect(await resultOf(server, "blockchain.headers.subscribe")).toBeNull()
  },
  "deep-nesting": async (server) => {
    expect(await lineOf(server, "server.banner")).toContain("[".repeat(100_000))
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
    expect(JSON.parse(client.lines()[0]!)).toMatchObject({ result: server.software })
  },
  "version-as-numbers": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 1)
    expect(JSON.parse(client.lines()[0]!)).toMatchObject({ result: [1.18, 1.4] })
  },
  "version-out-of-range": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 1)
    expect(JSON.parse(client.lines()[0]!)).toMatchObject({ result: [server.software, "9.9"] })
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
  "html-errors": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.ping"))).toMatchObject({ error: { message: expect.stringMatching(/^<script>/) as string } })
  },
  "escape-errors": async (server) => {
    const { error } = JSON.parse(await lineOf(server, "server.ping")) as { readonly error: { readonly message: string } }
    for (const character of ["\u0000", "\u001b", "\u202e"]) expect(error.message).toContain(character)
  },
  "huge-errors": async (server) => {
    expect((await lineOf(server, "server.ping")).length).toBeGreaterThan(1_000_000)
  },
  "version-downgrade": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 1)
    expect(JSON.parse(client.lines()[0]!)).toMatchObject({ result: [server.software, "1.0"] })
  },
  "another-software-each-time": async (server) => {
    const answers = new Set<string>()
    for (let i = 0; i < 3; i++) answers.add((await talk(server, hello, (c) => c.lines().length === 1)).lines()[0]!)
    expect(answers.size).toBe(3)
  },
  "another-banner-each-time": async (server) => {
    const first = await resultOf(server, "server.banner")
    expect(await resultOf(server, "server.banner")).not.toBe(first)
  },
  "genesis-changes": async (server) => {
    const asked = hello + request(1, "server.features") + request(2, "server.features")
    const client = await talk(server, asked, (c) => c.lines().length === 3)
    const told = client.lines().slice(1).map((line) => (JSON.parse(line) as { readonly result: { readonly genesis_hash: string } }).result.genesis_hash)
    expect(told[0]).toBe(simulatedChain("mainnet-sim").hash(0))
    expect(told[1]).not.toBe(told[0])
  },
  "claims-other-onion": async (server) => {
    expect(Object.keys((await features(server)).hosts as object).some((host) => host.endsWith(".onion"))).toBe(true)
  },
  "ports-as-lists": async (server) => {
    expect(await features(server)).toMatchObject({ hosts: { "ports.test": { tcp_port: [50001, 50002] } } })
  },
  "odd-hosts": async (server) => {
    const hosts = Object.keys((await features(server)).hosts as object)
    expect(Math.max(...hosts.map((host) => host.length))).toBe(10_000)
    expect(hosts).toEqual(expect.arrayContaining(["", "__proto__", "\u001b[31mred.test"]))
  },
  "odd-fees": async (server) => {
    expect(await resultOf(server, "blockchain.estimatefee", [6])).toBe(Infinity)
    expect(await resultOf(server, "blockchain.relayfee")).toBe("cheap")
  },
  "negative-fees": async (server) => {
    expect(await resultOf(server, "blockchain.estimatefee", [6])).toBeLessThan(0)
  },
  "odd-histogram": async (server) => {
    expect(await resultOf(server, "mempool.get_fee_histogram")).toContainEqual(["a", {}])
  },
  "huge-histogram": async (server) => {
    expect(await resultOf(server, "mempool.get_fee_histogram")).toHaveLength(100_000)
  }
}
