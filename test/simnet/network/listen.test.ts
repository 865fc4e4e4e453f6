import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { checkFileDescriptors } from "../../../src/simnet/network/file-descriptors.ts"
import { listenError } from "../../../src/simnet/network/listen.ts"
import { startFree } from "../../support/running-simnet.ts"
import { askAll, runScenario, through } from "../../support/through-front.ts"

describe("a simulated network that cannot listen", () => {
  it("says what to do about a port that needs privileges, and about a machine without 127.0.0.1", () => {
    const denied = listenError("SOCKS5 proxy", 80, Object.assign(new Error("listen EACCES"), { code: "EACCES" }))
    expect(denied.message).toBe(
      "SOCKS5 proxy: cannot listen on 127.0.0.1:80: ports below 1024 need privileges; take a higher one, or 0 for any free one"
    )
    const missing = listenError("SOCKS5 proxy", 9050, Object.assign(new Error("x"), { code: "EADDRNOTAVAIL" }))
    expect(missing.message).toContain("no 127.0.0.1; is its loopback interface up?")
  })

  it.effect("says how many files it needs before it opens the first", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(checkFileDescriptors(1e9))
      expect(error.message).toMatch(/^this scenario needs 1000000000 open files, the limit is \d+: raise it with "ulimit -n 1000000000"$/)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("needs no privileges for servers on ports below 1024: they listen elsewhere, the front knows theirs", () =>
    Effect.gen(function*() {
      const net = yield* runScenario({
        seeds: ["low.test:110:t"],
        servers: [
          {
            id: "low",
            operator: "low",
            software: "Fulcrum 2.1.0",
            names: [{ host: "low.test", addresses: ["240.1.1.1"], tcp: 110, tls: 443 }]
          }
        ]
      })
      for (const port of net.listeners.values()) expect(port).toBeGreaterThanOrEqual(1024)
      expect(net.listeners.size).toBe(2)
      const answer = yield* Effect.promise(async () => askAll(await through(net, "low.test", 110), [["server.ping"]]))
      expect(answer).toEqual([null])
    }).pipe(Effect.scoped)
  )

  it.live("stands beside another one with thousands of listeners", () =>
    Effect.gen(function*() {
      const large = startFree({ scenario: "large", servers: 1600 })
      const [one, other] = [yield* large, yield* large]
      expect(one.listeners.size).toBeGreaterThan(2000)
      const ports = [...one.listeners.values(), ...other.listeners.values()]
      expect(new Set(ports).size).toBe(2 * one.listeners.size)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
