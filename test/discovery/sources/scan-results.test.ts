import { describe, expect, it } from "vitest"
import { ownRules } from "../../../src/discovery/claim.ts"
import { parseScan } from "../../../src/discovery/sources/scan-results.ts"
import { shippedChains } from "../../../src/domain/chain.ts"

const ports = shippedChains.find(({ name }) => name === "mainnet")!.default_ports
const scan = (...lines: ReadonlyArray<string>) =>
  parseScan(lines.join("\n"), ports, ownRules).advertisements.map(({ host, problem, services }) => [
    host,
    services.map(({ port, transport }) => `${transport} ${port}`).join(" "),
    problem
  ])

describe("results of a scan", () => {
  it("are read as masscan writes them, in lines and in a list", () => {
    expect(scan(
      "{\"ip\":\"34.90.1.2\",\"timestamp\":\"1790000000\",\"port\":50002,\"proto\":\"tcp\",\"rec_type\":\"status\",\"data\":{\"status\":\"open\",\"reason\":\"syn-ack\",\"ttl\":56}}",
      "{\"ip\":\"34.90.1.3\",\"timestamp\":\"1790000000\",\"port\":50001,\"proto\":\"tcp\",\"rec_type\":\"status\",\"data\":{\"status\":\"closed\"}}"
    )).toEqual([["34.90.1.2", "tls 50002", null]])
    expect(scan(
      "[",
      "{   \"ip\": \"34.90.1.4\",   \"timestamp\": \"1790000000\", \"ports\": [ {\"port\": 50001, \"proto\": \"tcp\", \"status\": \"open\", \"reason\": \"syn-ack\", \"ttl\": 50} ] },",
      "{   \"ip\": \"34.90.1.5\",   \"timestamp\": \"1790000000\", \"ports\": [ {\"port\": 443, \"proto\": \"tcp\", \"status\": \"open\"}, {\"port\": 53, \"proto\": \"udp\", \"status\": \"open\"} ] }",
      ",",
      "{finished: 1}",
      "]"
    )).toEqual([["34.90.1.4", "tcp 50001", null], ["34.90.1.5", "tcp 443 tls 443", null]])
  })

  it("are read as zmap writes them, and plainly", () => {
    expect(scan(
      "{\"saddr\":\"34.90.1.6\",\"sport\":50002,\"classification\":\"synack\",\"success\":1}",
      "{\"saddr\":\"34.90.1.7\",\"sport\":50002,\"classification\":\"rst\",\"success\":0}",
      "{\"ip\":\"2a01:4f8::1\",\"port\":50001}"
    )).toEqual([["34.90.1.6", "tls 50002", null], ["2a01:4f8::1", "tcp 50001", null]])
  })

  it("that make no sense are kept with what is wrong", () => {
    expect(scan("{\"ip\":\"34.90.1.8\"}", "{\"ip\":\"a.example.org\",\"port\":1}", "{\"ip\":\"34.90.1.9\",\"port\":70000}", "{", "nonsense")).toEqual([
      ["34.90.1.8", "", "no usable port"],
      [null, "", "bad address"],
      [null, "", "wrong types"],
      [null, "", "wrong types"],
      [null, "", "wrong types"]
    ])
  })
})
