import { expect } from "vitest"
import { addressScope } from "../../../src/domain/address.ts"
import { request } from "../../support/plain-client.ts"
import { hello, talk, peersOf, honest, type TraitChecks } from "../../support/trait-check.ts"

export const peerChecks: TraitChecks = {
  "million-peers": async (server) => {
    const client = await talk(server, hello + request(1, "server.peers.subscribe"), (c) => c.lines().length === 2, {
      withinMs: 20_000
    })
    expect((JSON.parse(client.lines()[1]!) as { readonly result: ReadonlyArray<unknown> }).result).toHaveLength(
      1_000_000
    )
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
    const peers = (await peersOf(server)) as ReadonlyArray<readonly [string]>
    expect(
      peers.filter(([address]) => !["public", "reserved"].includes(addressScope(address)!)).length
    ).toBeGreaterThan(30)
  },
  "invented-peers": async (server) => {
    const peers = (await peersOf(server)) as ReadonlyArray<readonly [string, string]>
    expect(peers).toHaveLength(300)
    expect(new Set(peers.map(([address]) => address)).size).toBe(1)
    expect(new Set(peers.map(([, host]) => host)).size).toBe(300)
    expect(peers.map(([, host]) => host)).not.toContain(honest)
  },
  "onion-swarm": async (server) => {
    expect(
      ((await peersOf(server)) as ReadonlyArray<readonly [string]>).every(([host]) =>
        /^[a-z2-7]{56}\.onion$/.test(host)
      )
    ).toBe(true)
  },
  "many-ports": async (server) => {
    const peers = (await peersOf(server)) as ReadonlyArray<readonly [string, string, ReadonlyArray<string>]>
    expect(new Set(peers.filter(([, host]) => host === "ports.sybil.test").map(([, , f]) => f[1])).size).toBe(1000)
  },
  "repeated-peers": async (server) => {
    const peers = await peersOf(server)
    expect(peers.length).toBeGreaterThan(5000)
    expect(new Set(peers.map((peer) => JSON.stringify(peer))).size).toBe(2)
  }
}
