import { it } from "@effect/vitest"
import type { X509Certificate } from "node:crypto"
import { connect } from "node:net"
import { connect as connectTls, type TLSSocket } from "node:tls"
import { Effect } from "effect"
import { describe, expect, it as plainIt } from "vitest"
import { decodeBlockHeader } from "../../src/domain/block-header.ts"
import { addressScope } from "../../src/domain/address.ts"
import { simulatedChain } from "../../src/simnet/chain.ts"
import { type RunningServer, startServer, traits } from "../../src/simnet/simnet.ts"
import { plainTcp, type PlainClient, plainTls, request } from "../support/plain-client.ts"

const hello = request(0, "server.version", ["test", ["1.4", "1.6"]])
const dead = (client: PlainClient): boolean => client.closed() !== null

/** Connect, send, wait, look, leave. */
const talk = async (
  server: RunningServer,
  send: string,
  done: (client: PlainClient) => boolean,
  options?: { readonly tls?: boolean; readonly withinMs?: number }
): Promise<PlainClient> => {
  const client = options?.tls === true ? plainTls(server.tlsPort) : plainTcp(server.tcpPort)
  client.send(send)
  try {
    await client.until(done, options?.withinMs ?? 5000)
    return client
  } finally {
    client.destroy()
  }
}

/** The line that answers one request after the handshake. */
const lineOf = async (server: RunningServer, method: string, params: ReadonlyArray<unknown> = []): Promise<string> => {
  const client = await talk(server, hello + request(1, method, params), (c) => c.lines().length >= 2)
  return client.lines()[1]!
}

const resultOf = async (server: RunningServer, method: string, params: ReadonlyArray<unknown> = []): Promise<unknown> =>
  (JSON.parse(await lineOf(server, method, params)) as { readonly result: unknown }).result

const peersOf = (server: RunningServer): Promise<ReadonlyArray<unknown>> =>
  resultOf(server, "server.peers.subscribe") as Promise<ReadonlyArray<unknown>>

/** Nothing more than `expected` arrives for a while. */
const staysSilent = async (server: RunningServer, send: string, expected: number, tls = false): Promise<void> => {
  const more = await talk(server, send, (c) => c.size() > expected || dead(c), { tls, withinMs: 250 })
    .then((c) => c.received().toString("utf8"), () => null)
  expect(more).toBeNull()
}

const tcpIsFine = async (server: RunningServer): Promise<void> => {
  const client = await talk(server, hello, (c) => c.lines().length === 1)
  expect(client.lines()[0]).toContain("Fulcrum")
}

const honest = "one.honest.test"

const tip = async (server: RunningServer): Promise<{ readonly hex: string; readonly height: number }> =>
  await resultOf(server, "blockchain.headers.subscribe") as { readonly hex: string; readonly height: number }

const certificateOf = async (server: RunningServer): Promise<X509Certificate> => {
  const client = plainTls(server.tlsPort)
  client.send(hello)
  await client.until((c) => c.lines().length === 1)
  const certificate = (client.socket as TLSSocket).getPeerX509Certificate()!
  client.destroy()
  return certificate
}

const features = async (server: RunningServer): Promise<Record<string, unknown>> =>
  await resultOf(server, "server.features") as Record<string, unknown>

/** What each trait does, seen by a client that expects nothing. */
const checks: Readonly<Record<string, (server: RunningServer) => Promise<void>>> = {
  "reset-after-accept": async (server) => {
    expect((await talk(server, hello, dead)).closed()).toBe("reset")
  },
  "close-after-accept": async (server) => {
    expect((await talk(server, hello, dead)).received().length).toBe(0)
  },
  "tls-stall": async (server) => {
    await tcpIsFine(server)
    await staysSilent(server, hello, 0, true)
  },
  "tls-reset": async (server) => {
    await tcpIsFine(server)
    expect((await talk(server, hello, dead, { tls: true })).closed()).toBe("reset")
  },
  "plain-text-on-tls": async (server) => {
    await tcpIsFine(server)
    const raw = plainTcp(server.tlsPort)
    raw.send("\u0016\u0003\u0001")
    await raw.until((c) => c.lines().length === 1)
    raw.destroy()
    expect(raw.lines()[0]).toContain("-32700")
  },
  "tls-garbage": async (server) => {
    await tcpIsFine(server)
    expect((await talk(server, hello, dead, { tls: true })).closed()).toBe("reset")
  },
  "web-server": async (server) => {
    expect((await talk(server, hello, dead)).received().toString("utf8")).toMatch(/^HTTP\/1\.1 400 /)
  },
  tarpit: (server) => staysSilent(server, hello, 0),
  "endless-garbage": async (server) => {
    const client = await talk(server, hello, (c) => c.size() > 3_000_000)
    expect(client.received().includes(10)).toBe(false)
  },
  "expired-certificate": async (server) => {
    expect(Date.parse((await certificateOf(server)).validTo)).toBeLessThan(Date.now())
  },
  "long-certificate-chain": async (server) => {
    const raw = connect(server.tlsPort, "127.0.0.1")
    const socket = connectTls({ socket: raw, rejectUnauthorized: false })
    await new Promise((resolve, reject) => socket.on("secureConnect", resolve).on("error", reject))
    expect(raw.bytesRead).toBeGreaterThan(30_000)
    socket.destroy()
  },
  "new-certificate-each-time": async (server) => {
    expect((await certificateOf(server)).fingerprint256).not.toBe((await certificateOf(server)).fingerprint256)
  },
  "ignores-tls-close": async (server) => {
    const client = plainTls(server.tlsPort)
    client.send(hello)
    await client.until((c) => c.lines().length === 1)
    client.socket.end()
    const ended = await client.until(dead, 300).then(() => true, () => false)
    client.destroy()
    expect(ended).toBe(false)
  },
  dribble: async (server) => {
    const began = performance.now()
    const client = await talk(server, hello, (c) => c.size() >= 5)
    expect(performance.now() - began).toBeGreaterThan(150)
    expect(client.received().toString("utf8")).toBe('{"id"')
  },
  "endless-padding": async (server) => {
    const client = await talk(server, hello, (c) => c.size() > 1_000_000)
    expect(client.received().toString("latin1")).toMatch(/^\{"id":0.*\] +$/)
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
    const client = await talk(server, hello + request(1, "server.ping") + request(2, "server.ping"), (c) => c.lines().length === 3)
    expect(client.lines().map((line) => (JSON.parse(line) as { readonly id: number }).id)).toEqual([0, 2, 1])
  },
  "notifications-first": async (server) => {
    const client = await talk(server, hello, (c) => c.lines().length === 3)
    expect(client.lines().slice(0, 2).map((line) => Object.keys(JSON.parse(line) as object))).toEqual([["jsonrpc", "method"], ["jsonrpc", "method"]])
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
    expect(Object.keys(JSON.parse(await lineOf(server, "server.ping")) as object)).toEqual(expect.arrayContaining(["error", "result"]))
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
  },
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
    expect((await resultOf(server, "server.banner") as string).length).toBeGreaterThan(10_000_000)
  },
  "banner-escapes": async (server) => {
    const banner = await resultOf(server, "server.banner") as string
    for (const character of ["\u0000", "\u001b", "\u009b", "\u202e", "\u200b"]) expect(banner).toContain(character)
  },
  "html-banner": async (server) => {
    expect(await resultOf(server, "server.banner")).toContain("<script>")
  },
  "lone-surrogates": async (server) => {
    expect((await resultOf(server, "server.banner") as string).isWellFormed()).toBe(false)
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
    expect(Object.keys((await features(server)).hosts as object)).toEqual(expect.arrayContaining(["server.test", honest]))
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
    expect((await tip(server)).height).toBeLessThan(1000)
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
    expect(decodeBlockHeader(await resultOf(server, "blockchain.block.header", [0]) as string)).toBeUndefined()
  },
  "million-peers": async (server) => {
    const client = await talk(server, hello + request(1, "server.peers.subscribe"), (c) => c.lines().length === 2, { withinMs: 20_000 })
    expect((JSON.parse(client.lines()[1]!) as { readonly result: ReadonlyArray<unknown> }).result).toHaveLength(1_000_000)
  },
  "non-list-peers": async (server) => {
    expect(await peersOf(server)).toEqual({ peers: [] })
  },
  "string-peers": async (server) => {
    expect(await peersOf(server)).toBe("none")
  },
  "odd-peers": async (server) => {
    const peers = await peersOf(server)
    expect(peers.length).toBeGreaterThan(30)
    expect(peers).toContain(null)
    expect(peers.at(-1)).toMatchObject(["240.0.0.9", honest, ["v1.6", "s50002"]])
  },
  "private-peers": async (server) => {
    const peers = await peersOf(server) as ReadonlyArray<readonly [string]>
    expect(peers.filter(([address]) => !["public", "reserved"].includes(addressScope(address)!)).length).toBeGreaterThan(30)
  },
  "invented-peers": async (server) => {
    const peers = await peersOf(server) as ReadonlyArray<readonly [string, string]>
    expect(peers).toHaveLength(300)
    expect(new Set(peers.map(([address]) => address)).size).toBe(1)
    expect(new Set(peers.map(([, host]) => host)).size).toBe(300)
    expect(peers.map(([, host]) => host)).not.toContain(honest)
  },
  "onion-swarm": async (server) => {
    expect((await peersOf(server) as ReadonlyArray<readonly [string]>).every(([host]) => /^[a-z2-7]{56}\.onion$/.test(host))).toBe(true)
  },
  "many-ports": async (server) => {
    const peers = await peersOf(server) as ReadonlyArray<readonly [string, string, ReadonlyArray<string>]>
    expect(new Set(peers.filter(([, host]) => host === "ports.sybil.test").map(([, , f]) => f[1])).size).toBe(1000)
  },
  "repeated-peers": async (server) => {
    const peers = await peersOf(server)
    expect(peers.length).toBeGreaterThan(5000)
    expect(new Set(peers.map((peer) => JSON.stringify(peer))).size).toBe(2)
  }
}

describe("a simulated server with the trait", () => {
  it.live.each(Object.entries(checks))("%s does what its line says", ([name, check]) =>
    Effect.gen(function*() {
      const server = yield* startServer({
        software: "Fulcrum 2.1.0",
        traits: [name],
        others: [{ id: "honest", operator: "honest", software: "Fulcrum 2.1.0", names: [{ host: honest, addresses: ["240.0.0.9"], tls: 50002 }] }]
      })
      yield* Effect.promise(() => check(server))
    }).pipe(Effect.scoped))

  plainIt("is checked here for every trait there is", () => {
    expect(Object.keys(checks).toSorted()).toEqual(Object.keys(traits).toSorted())
    expect(Object.keys(traits).length).toBeGreaterThanOrEqual(60)
    for (const { title } of Object.values(traits)) expect(title).toMatch(/^[^\n]{10,110}$/)
  })
})
