import { expect } from "vitest"
import { decodeBlockHeader } from "../../../src/domain/block-header.ts"
import type { RunningServer } from "../../support/start-server.ts"
import { resultOf, lineOf, tip, type TraitChecks } from "../../support/trait-check.ts"

/** In the form of protocol 1.6, or cut out of the text of 1.4. */
const headers = async (server: RunningServer): Promise<ReadonlyArray<string>> => {
  const result = (await resultOf(server, "blockchain.block.headers", [0, 10])) as
    | { readonly headers: ReadonlyArray<string> }
    | { readonly hex: string }
  return "headers" in result ? result.headers : (result.hex.match(/.{160}/g) ?? [])
}

export const headerChecks: TraitChecks = {
  "huge-number": async (server) => {
    expect(await lineOf(server, "blockchain.headers.subscribe")).toMatch(/"height":9{1000000}\}/)
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
  },
  "tip-from-the-future": async (server) => {
    expect(decodeBlockHeader((await tip(server)).hex)!.time * 1000).toBeGreaterThan(Date.UTC(2099, 0))
  },
  "unconnected-tip": async (server) => {
    expect((await tip(server)).hex.slice(8, 72)).toBe("5a".repeat(32))
  },
  "always-genesis": async (server) => {
    const [first, later] = [
      await resultOf(server, "blockchain.block.header", [0]),
      await resultOf(server, "blockchain.block.header", [1000])
    ]
    expect(later).toBe(first)
  },
  "short-headers": async (server) => {
    expect(await headers(server)).toHaveLength(5)
    expect(await resultOf(server, "blockchain.block.headers", [0, 10])).toMatchObject({ count: 10 })
  },
  "shuffled-headers": async (server) => {
    expect((await headers(server)).at(-1)).toBe(await resultOf(server, "blockchain.block.header", [0]))
  }
}
