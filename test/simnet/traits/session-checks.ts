import { expect } from "vitest"
import { hello, request } from "../../support/plain-client.ts"
import { dead, lineOf, staysSilent, talk, type TraitChecks } from "../../support/trait-check.ts"

export const sessionChecks: TraitChecks = {
  "closes-after-version": async (server) => {
    const client = await talk(server, hello + request(1, "server.ping"), dead)
    expect([client.closed(), client.lines().length]).toEqual(["end", 1])
  },
  "resets-after-version": async (server) => {
    expect((await talk(server, hello + request(1, "server.ping"), dead)).lines().length).toBeLessThanOrEqual(1)
  },
  "cuts-without-tls-close": async (server) => {
    const pings = [1, 2, 3, 4].map((id) => request(id, "server.ping")).join("")
    expect((await talk(server, hello + pings, dead, { tls: true })).lines().length).toBeLessThanOrEqual(3)
  },
  "closes-in-a-line": async (server) => {
    const client = await talk(server, hello + request(1, "server.peers.subscribe"), dead)
    expect(client.lines()).toHaveLength(1)
    expect(client.received().toString("utf8")).toMatch(/"result":\[\[[^\n]*$/)
  },
  "answers-only-version": async (server) => {
    const version = (await talk(server, hello, (c) => c.lines().length === 1)).received().length
    await staysSilent(server, hello + request(1, "server.ping"), version)
  },
  "refuses-versions": async (server) => {
    const client = await talk(server, hello, dead)
    expect(client.lines()[0]).toContain("unsupported protocol version")
  },
  "drops-unknown": async (server) => {
    const client = await talk(server, request(7, "server.ping"), dead)
    expect(client.lines()).toEqual(['{"id":7,"jsonrpc":"2.0","result":1}'])
    expect(JSON.parse((await talk(server, hello, (c) => c.lines().length === 1)).lines()[0]!)).toHaveProperty("result")
  },
  throttled: async (server) => {
    const client = await talk(server, hello, dead)
    expect(JSON.parse(client.lines()[0]!)).toMatchObject({ id: 0, error: { code: -101 } })
  },
  busy: async (server) => {
    expect(JSON.parse(await lineOf(server, "server.banner"))).toMatchObject({ error: { code: -102 } })
  },
  "slow-headers": async (server) => {
    const began = performance.now()
    await lineOf(server, "blockchain.headers.subscribe")
    expect(performance.now() - began).toBeGreaterThan(2900)
  },
  "slower-each-time": async (server) => {
    const began = performance.now()
    await lineOf(server, "server.ping")
    expect(performance.now() - began).toBeGreaterThan(390)
  }
}
