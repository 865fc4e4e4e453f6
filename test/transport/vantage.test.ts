import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { networkInterfaces } from "node:os"
import { detectVantage, hasRoute, vantageLack } from "../../src/transport/vantage.ts"

describe("vantage", () => {
  it("says what is lacking for an address", () => {
    expect(vantageLack("34.90.1.2", { ipv4: true, ipv6: false })).toBeUndefined()
    expect(vantageLack("2a01:4f8::1", { ipv4: true, ipv6: false })).toBe("no IPv6")
    expect(vantageLack("34.90.1.2", { ipv4: false, ipv6: true })).toBe("no IPv4")
    expect(vantageLack("34.90.1.2", { ipv4: false, ipv6: false })).toBe("no network")
  })

  it.live("has no route where the system refuses to connect, of which Node tells the callback alone", () =>
    Effect.gen(function*() {
      // Refused on every machine without being sent: broadcasting has to be asked for, and this link-local block needs an interface.
      const refused = ["255.255.255.255", "fe80::1"]
      expect(yield* Effect.forEach(refused, hasRoute)).toEqual([false, false])
    }))

  it.live("claims no family of which this machine has no outward address", () =>
    Effect.gen(function*() {
      const found = yield* detectVantage
      const outward = Object.values(networkInterfaces()).flat().filter((one) => one !== undefined && !one.internal)
      const has = (family: string) => outward.some((one) => one?.family === family)
      expect({ ipv4: found.ipv4 && !has("IPv4"), ipv6: found.ipv6 && !has("IPv6") }).toEqual({ ipv4: false, ipv6: false })
    }))
})
