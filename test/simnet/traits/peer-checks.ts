import { expect } from "vitest"
import { addressScope } from "../../../src/domain/address.ts"
import { hello, request } from "../../support/plain-client.ts"
import { honest, peersOf, talk, type TraitChecks } from "../../support/trait-check.ts"

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
  },
  "whole-block-peers": async (server) => {
    const peers = (await peersOf(server)) as ReadonlyArray<readonly [string]>
    expect(new Set(peers.filter(([address]) => address.startsWith("240.66.9.")).map(([address]) => address)).size).toBe(254)
  },
  "many-names": async (server) => {
    const peers = (await peersOf(server)) as ReadonlyArray<readonly [string, string]>
    const names = peers.filter(([, host]) => host.endsWith(".wildcard.test"))
    expect([names.length, new Set(names.map(([address]) => address)).size]).toEqual([500, 1])
  },
  "many-spellings": async (server) => {
    const peers = (await peersOf(server)) as ReadonlyArray<readonly [string, string]>
    const spellings = peers.map(([, host]) => host).filter((host) => /^spell\.test\.?$/i.test(host))
    expect(new Set(spellings).size).toBeGreaterThan(30)
  },
  "absurd-versions": async (server) => {
    const peers = (await peersOf(server)) as ReadonlyArray<readonly [string, string, ReadonlyArray<string>]>
    expect(Math.max(...peers.map(([, , features]) => features[0]!.length))).toBeGreaterThan(5000)
  },
  "markup-peers": async (server) => {
    const hosts = ((await peersOf(server)) as ReadonlyArray<readonly [string, string]>).map(([, host]) => host)
    expect(hosts).toEqual(expect.arrayContaining(["<script>alert(1)</script>.test", "\u001b]0;title\u0007.test"]))
  },
  "moving-port": async (server) => {
    const [first, second] = [await peersOf(server), await peersOf(server)]
    expect((first.at(-1) as ReadonlyArray<unknown>).slice(0, 2)).toEqual(["240.66.14.1", "server.test"])
    expect(second.at(-1)).not.toEqual(first.at(-1))
  }
}
