import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fingerprintOf } from "../../../src/probe/identification/fingerprint.ts"
import { behaviourOf, seenOnWire } from "../../support/behaviours.ts"

/** Everything that two servers of one software and configuration may answer differently. */
interface Values {
  readonly banner: string
  readonly height: number
  readonly hex: string
  readonly host: string
  readonly port: number
  readonly fee: number
  readonly bins: ReadonlyArray<readonly [number, number]>
  readonly genesis: string
}

const hex = (digits: number) =>
  fc.array(fc.integer({ min: 0, max: 15 }), { minLength: digits, maxLength: digits }).map((all) => all.map((digit) => digit.toString(16)).join(""))

const values: fc.Arbitrary<Values> = fc.record({
  banner: fc.string({ minLength: 1 }),
  height: fc.nat(2_000_000),
  hex: hex(160),
  host: fc.domain(),
  port: fc.integer({ min: 1, max: 65_535 }),
  fee: fc.oneof(fc.constant(-1), fc.double({ min: 1e-8, max: 1, noNaN: true })),
  bins: fc.array(fc.tuple(fc.nat(500), fc.nat(1_000_000))),
  genesis: hex(64)
})

/** The replies of a visit to a server that speaks so, asked with ids from somewhere on. */
const hashOf = (it: Values, software = "Fulcrum 1.12.0", protocol = "1.5.3", features: Readonly<Record<string, unknown>> = {}): string | null => {
  const asked: ReadonlyArray<readonly [string, ReadonlyArray<unknown>, unknown]> = [
    ["server.version", ["probe", ["1.4", "1.6"]], [software, protocol]],
    ["server.banner", [], it.banner],
    ["server.donation_address", [], "bc1q"],
    ["blockchain.headers.subscribe", [], { height: it.height, hex: it.hex }],
    ["blockchain.block.header", [0], it.hex],
    ["server.ping", [], null],
    ["blockchain.estimatefee", [2], it.fee],
    ["mempool.get_fee_histogram", [], it.bins],
    ["blockchain.relayfee", [], Math.abs(it.fee)],
    ["server.features", [], { dsproof: false, genesis_hash: it.genesis, hosts: { [it.host]: { ssl_port: it.port } }, protocol_max: protocol, server_version: software, ...features }]
  ]
  const lines = asked.map(([, , result], i) => `{"id":${i + 1},"jsonrpc":"2.0","result":${JSON.stringify(result)}}\r\n`).join("")
  return fingerprintOf(behaviourOf(seenOnWire(asked.map(([method, params]) => ({ method, params })), lines, false)))
}

describe("the fingerprint's recipe", () => {
  it("leaves names, hosts, ports, heights, headers, fees, bins and claims out", () => {
    fc.assert(fc.property(values, values, fc.constantFrom("Fulcrum 1.12.0", "ElectrumX 9", ""), (a, b, software) => {
      expect(hashOf(a)).toMatch(/^[0-9a-f]{64}$/)
      expect(hashOf(b, software)).toBe(hashOf(a))
    }))
  })

  it("has what is agreed on and which members there are in it", () => {
    fc.assert(fc.property(values, (it) => {
      const hashes = [hashOf(it), hashOf(it, "Fulcrum 1.12.0", "1.5.2"), hashOf(it, "Fulcrum 1.12.0", "1.5.3", { zebra: 1 }), hashOf({ ...it, banner: "" })]
      expect(new Set(hashes).size).toBe(hashes.length)
    }))
  })
})
