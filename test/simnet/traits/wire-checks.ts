import { expect } from "vitest"
import { hello, request } from "../../support/plain-client.ts"
import { dead, lineOf, talk, type TraitChecks } from "../../support/trait-check.ts"

export const wireChecks: TraitChecks = {
  dribble: async (server) => {
    const began = performance.now()
    const client = await talk(server, hello, (c) => c.size() >= 5)
    expect(performance.now() - began).toBeGreaterThan(150)
    expect(client.received().toString("utf8")).toMatch(/^\{"(id"|jso)$/)
  },
  "endless-padding": async (server) => {
    const client = await talk(server, hello, (c) => c.size() > 1_000_000)
    expect(client.received().toString("latin1")).toMatch(/^\{"(id":0.*\]|jsonrpc".*"id":0) +$/)
  },
  "wrong-ids": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.ping"))).toMatchObject({ id: 1_000_001 })
  },
  "repeated-ids": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 2)
    expect(client.lines()[0]).toBe(client.lines()[1])
  },
  "missing-ids": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.ping"))).not.toHaveProperty("id")
  },
  "id-type-changed": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.ping"))).toMatchObject({ id: "1" })
  },
  "swapped-replies": async (server) => {
    const client = await talk(
      server,
      hello + request(1, "server.ping") + request(2, "server.ping"),
      (c) => c.lines().length === 3
    )
    expect(client.lines().map((line) => (JSON.parse(line) as { readonly id: number }).id)).toEqual([0, 2, 1])
  },
  "notifications-first": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 3)
    expect(
      client
        .lines()
        .slice(0, 2)
        .map((line) => Object.keys(JSON.parse(line) as object))
    ).toEqual([
      ["jsonrpc", "method"],
      ["jsonrpc", "method"]
    ])
  },
  "reply-before-request": async (server) => {
    const client = await talk(server, "", (c) => c.lines().length === 10)
    expect(JSON.parse(client.lines()[1]!)).toMatchObject({ id: 1, result: "early" })
  },
  "notification-flood": async (server) => {
    const client = await talk(server, hello, (c) => c.size() > 500_000)
    expect(client.lines().filter((line) => line.includes("headers.subscribe")).length).toBeGreaterThan(1000)
  },
  "blank-lines": async (server) => {
    expect((await talk(server, hello, (c) => c.lines().length === 2)).lines()[0]).toBe("")
  },
  "byte-order-mark": async (server) => {
    expect((await lineOf(server, "server.ping")).codePointAt(0)).toBe(0xfeff)
  },
  "truncated-json": async (server) => {
    const line = await lineOf(server, "server.ping")
    expect(() => JSON.parse(line) as unknown).toThrow()
  },
  "two-in-one-line": async (server) => {
    expect(await lineOf(server, "server.ping")).toMatch(/^(\{.*\})\1$/)
  },
  "batched-replies": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.ping"))).toMatchObject([{ id: 1, result: null }])
  },
  "duplicate-keys": async (server) => {
    const line = await lineOf(server, "server.ping")
    expect(line.match(/"result"/g)).toHaveLength(2)
    expect(line.match(/"id"/g)).toHaveLength(2)
  },
  "error-and-result": async (server) => {
    expect(Object.keys(JSON.parse(await lineOf(server, "server.ping")) as object)).toEqual(
      expect.arrayContaining(["error", "result"])
    )
  },
  "error-as-string": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.banner"))).toMatchObject({ id: 1, error: "something went wrong" })
  },
  "missing-result": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.ping"))).toEqual({ jsonrpc: "2.0", id: 1 })
  },
  "bad-utf8": async (server) => {
    const client = await talk(server, hello + request(1, "server.banner"), (c) => c.lines().length === 2)
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(client.received())).toThrow()
  },
  "one-byte-a-second": async (server) => {
    const client = await talk(server, hello, (c) => c.size() >= 1)
    expect(client.size()).toBeLessThan(3)
  },
  "carriage-returns": async (server) => {
    const client = await talk(server, hello + request(1, "server.ping"), (c) => c.received().includes(13, c.received().indexOf(10)))
    expect(client.lines()).toHaveLength(1)
  },
  utf16: async (server) => {
    const wide = Buffer.from('\ufeff{"id":1,"jsonrpc":"2.0","result":null}', "utf16le")
    const client = await talk(server, hello + request(1, "server.ping"), (c) => c.lines().length === 2)
    expect(client.received().includes(wide)).toBe(true)
  },
  "nul-bytes": async (server) => {
    expect(await lineOf(server, "server.ping")).toMatch(/^\0\0\{.*\}\0$/)
  },
  "no-last-line-end": async (server) => {
    const client = await talk(server, hello + request(1, "server.ping"), dead)
    expect([client.lines().length, client.received().toString("utf8").endsWith('"result":null}')]).toEqual([1, true])
  },
  "asks-back": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 4)
    expect(JSON.parse(client.lines()[3]!)).toMatchObject({ id: 2, method: "wallet.unlock" })
  },
  "list-as-id": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.ping"))).toMatchObject({ id: [1] })
  },
  "null-ids": async (server) => {
    expect(JSON.parse(await lineOf(server, "server.ping"))).toMatchObject({ id: null })
  }
}
