import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { advertisementsOfFeatures, parseServiceText } from "../../src/discovery/features-hosts.ts"

const ports = { tcp: 50001, tls: 50002, ws: 50003, wss: 50004 }
const host = (name: string, given: Partial<Record<"tcpPort" | "tlsPort" | "wsPort" | "wssPort", number>> = {}) => ({
  host: name,
  tcpPort: null,
  tlsPort: null,
  wsPort: null,
  wssPort: null,
  ...given
})
const onion = "22mgr2fndslabzvx4sj7ialugn2jv3cfqjb3dnj67a6vnrkp7g4l37ad.onion"

describe("hosts of server.features", () => {
  it("become one advertisement each, onion and clearnet alike", () => {
    const read = advertisementsOfFeatures({
      hosts: [
        host("E.example.org", { tcpPort: 50001, tlsPort: 50002, wssPort: 50004 }),
        host(onion, { tcpPort: 50001 })
      ],
      services: []
    }, ports)
    expect(read.dropped).toBe(0)
    expect(read.advertisements).toMatchObject([
      {
        raw: "{\"E.example.org\":{\"tcp_port\":50001,\"ssl_port\":50002,\"wss_port\":50004}}",
        host: "e.example.org",
        services: [
          { transport: "tcp", port: 50001 },
          { transport: "tls", port: 50002 },
          { transport: "wss", port: 50004 }
        ],
        problem: null
      },
      { host: onion, networkClass: "onion", problem: null }
    ])
  })

  it.each([
    ["the port name electrs puts in place of a host", host("tcp_port"), "bad host"],
    ["a bind address", host("0.0.0.0", { tcpPort: 50001 }), "address not public"],
    ["a host without ports", host("e.example.org"), "no usable port"],
    ["ports out of range", host("e.example.org", { tcpPort: 0, tlsPort: 70000 }), "no usable port"],
    ["fractions of a port", host("e.example.org", { tcpPort: 50001.5, tlsPort: Number.NaN }), "no usable port"],
    ["a prototype's name", host("__proto__", { tcpPort: 50001 }), "bad host"]
  ])("keep %s with its problem", (_, entry, problem) => {
    const [read] = advertisementsOfFeatures({ hosts: [entry], services: [] }, ports).advertisements
    expect(read).toMatchObject({ problem, services: [] })
    expect(read!.raw).toContain(entry.host)
  })

  it("are bounded, the excess is counted", () => {
    const read = advertisementsOfFeatures({
      hosts: Array.from({ length: 1000 }, (_, i) => host(`e${i}.example.org`, { tcpPort: 50001 })),
      services: Array.from({ length: 70 }, () => "tcp://e.example.org:50001")
    }, ports)
    expect(read.advertisements).toHaveLength(128)
    expect(read.dropped).toBe(942)
  })
})

describe("services of server.features", () => {
  it.each([
    ["tcp://e.example.org:50001", "e.example.org", "tcp", 50001],
    ["ssl://e.example.org:50002", "e.example.org", "tls", 50002],
    ["ws://e.example.org:50003", "e.example.org", "ws", 50003],
    ["wss://e.example.org", "e.example.org", "wss", 50004],
    ["ssl://[2a02::1]:50002", "2a02::1", "tls", 50002],
    ["SSL://E.Example.org:443/", "e.example.org", "tls", 443]
  ])("read %s", (text, host, transport, port) => {
    const services = [{ transport, port }]
    expect(parseServiceText(text, ports)).toMatchObject({ raw: text, host, services, problem: null })
  })

  it.each([
    ["rpc://localhost:8000", "bad host"],
    ["rpc://e.example.org:8000", "no usable port"],
    ["tcp://:50001", "bad host"],
    ["tcp://e.example.org:0", "no usable port"],
    ["tcp://e.example.org:50001:2", "bad host"],
    ["tcp://127.0.0.1:50001", "address not public"],
    ["e.example.org:50001", "bad host"],
    ["", "bad host"],
    [`tcp://${"a".repeat(5000)}`, "too long"]
  ])("keep %j with its problem", (text, problem) => {
    expect(parseServiceText(text, ports)).toMatchObject({ problem, services: [] })
  })

  it("never throw", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.webUrl(),
      fc.tuple(fc.constantFrom("tcp", "ssl", "x", ""), fc.string(), fc.string()).map(([p, h, t]) => `${p}://${h}:${t}`)
    )
    fc.assert(fc.property(text, (text) => {
      const read = parseServiceText(text, ports)
      expect(read.problem !== null || read.services.length === 1).toBe(true)
    }), { numRuns: 500 })
  })
})
