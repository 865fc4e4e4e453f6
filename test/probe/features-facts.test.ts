import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { featuresFacts } from "../../src/probe/features-facts.ts"

const host = (name: string, ports: Partial<Record<"tcpPort" | "tlsPort" | "wsPort" | "wssPort", number>> = {}) => ({
  host: name,
  tcpPort: null,
  tlsPort: null,
  wsPort: null,
  wssPort: null,
  ...ports
})

const hostsOf = (hosts: unknown) => featuresFacts({ hosts }).hosts

describe("featuresFacts", () => {
  it("reads what ElectrumX and Fulcrum say", () => {
    expect(featuresFacts({
      hosts: { "a.example.org": { tcp_port: 50001, ssl_port: 50002, wss_port: 50004 }, "x.onion": { tcp_port: 50001 } },
      pruning: null,
      server_version: "ElectrumX 1.20.0",
      protocol_min: "1.4",
      protocol_max: "1.6.0",
      genesis_hash: "00AB",
      hash_function: "sha256",
      services: ["tcp://a.example.org:50001", "ssl://a.example.org:50002"],
      dsproof: false
    })).toEqual({
      hosts: [
        host("a.example.org", { tcpPort: 50001, tlsPort: 50002, wssPort: 50004 }),
        host("x.onion", { tcpPort: 50001 })
      ],
      pruning: null,
      serverVersion: "ElectrumX 1.20.0",
      protocolMin: "1.4",
      protocolMax: "1.6.0",
      genesisHash: "00ab",
      hashFunction: "sha256",
      services: ["tcp://a.example.org:50001", "ssl://a.example.org:50002"]
    })
  })

  it("reads every odd form of hosts", () => {
    expect(hostsOf(undefined)).toEqual([])
    expect(hostsOf(null)).toEqual([])
    expect(hostsOf({})).toEqual([])
    expect(hostsOf([])).toEqual([])
    expect(hostsOf("a.example.org")).toEqual([])
    // electrs up to 0.11.1
    expect(hostsOf({ tcp_port: 50001 })).toEqual([])
    // electrs later: its bind address
    expect(hostsOf({ "0.0.0.0": { tcp_port: 50001 } })).toEqual([host("0.0.0.0", { tcpPort: 50001 })])
    expect(hostsOf({ a: { tcp_port: "50001", ssl_port: null, ws_port: [], wss_port: 1.5 } }))
      .toEqual([host("a", { tcpPort: 50001 })])
    expect(hostsOf({ a: { tcp_port: 70_000, ssl_port: -1 } })).toEqual([host("a", { tcpPort: 70_000, tlsPort: -1 })])
    expect(hostsOf({ a: 50001, b: null, c: [] })).toEqual([host("a"), host("b"), host("c")])
    expect(hostsOf(["a", 5, null, "b"])).toEqual([host("a"), host("b")])
    expect(hostsOf(JSON.parse(`{"__proto__":{"tcp_port":1}}`))).toEqual([host("__proto__", { tcpPort: 1 })])
  })

  it("keeps 100 hosts, 100 services and 1,024 characters of a text", () => {
    const many = featuresFacts({
      hosts: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`h${i}.example.org`, { tcp_port: 1 }])),
      services: Array.from({ length: 500 }, () => "tcp://x:1"),
      server_version: "v".repeat(5000)
    })
    expect(many.hosts.length).toBe(100)
    expect(many.services.length).toBe(100)
    expect(many.serverVersion?.length).toBe(1024)
  })

  it("takes any object without throwing, and gives bounded facts", () => {
    const key = fc.constantFrom("hosts", "services", "pruning", "server_version", "protocol_max", "genesis_hash", "x")
    fc.assert(fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 4 })), (features) => {
      const facts = featuresFacts(features)
      expect(facts.hosts.length).toBeLessThanOrEqual(100)
      for (const { tcpPort } of facts.hosts) expect(tcpPort === null || Number.isSafeInteger(tcpPort)).toBe(true)
    }))
  })
})
