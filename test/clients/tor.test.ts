import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { findTor } from "../../src/transport/local-tor.ts"
import { runCli } from "../support/cli.ts"
import { dial, dialFailure, type DialingOptions } from "../support/dialing.ts"
import { startServer } from "../support/start-server.ts"
import { circuitsOf, startTorNetwork, torInstalled, type TorNetwork } from "../support/tor-network.ts"

/** Tor may still be looking for a descriptor when it has its first circuits. */
const eventually = async <A>(attempt: () => Promise<A>, isDone: (value: A) => boolean): Promise<A> => {
  for (let tries = 1;; tries++) {
    const value = await attempt()
    if (isDone(value) || tries === 20) return value
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

describe.runIf(torInstalled())("a real Tor network of its own on loopback", () => {
  const scope = Scope.makeUnsafe()
  let tor: TorNetwork

  beforeAll(async () => {
    const server = await Effect.runPromise(startServer({ software: "Fulcrum 2.1.0" }).pipe(Scope.provide(scope)))
    tor = await startTorNetwork({ tcp: server.tcpPort, tls: server.tlsPort })
    console.info(`Tor network ready after ${tor.bootstrapMs} ms`)
  }, 150_000)

  afterAll(async () => {
    tor?.stop()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })

  const throughTor = (): DialingOptions => ({ tor: { host: "127.0.0.1", port: tor.socksPort, credentials: null }, allowPrivate: false, loopbackOnly: true })
  const visit = async (endpoint: string) => {
    const run = await runCli(["visit", endpoint, "--network", "mainnet-sim", "--tor", `socks5://127.0.0.1:${tor.socksPort}`, "--format", "json"], { timeoutMs: 120_000 })
    return JSON.parse(run.stdout) as { readonly outcome: string; readonly reason: string | null; readonly detail: string | null; readonly software: string | null; readonly dial: { readonly via: string } }
  }

  it("leads to an onion service, by TCP and by TLS, to a whole visit", async () => {
    const clear = await eventually(() => visit(`${tor.onion}:50001:t`), ({ outcome }) => outcome === "answered")
    expect(clear).toMatchObject({ outcome: "answered", reason: null, software: "Fulcrum 2.1.0", dial: { via: "tor" } })
    expect(await visit(`${tor.onion}:50002:s`)).toMatchObject({ outcome: "answered", software: "Fulcrum 2.1.0" })
  }, 150_000)

  it("keeps visits to different destinations on circuits of their own", async () => {
    await eventually(() => visit(`${tor.onion}:50001:t`), ({ outcome }) => outcome === "answered")
    await Effect.runPromise(Effect.scoped(Effect.gen(function*() {
      yield* dial(`${tor.onion}:50001:t`, throughTor())
      yield* dial(`${tor.onion}:50002:s`, throughTor())
      const circuits = yield* Effect.promise(() => circuitsOf(tor.controlPort))
      const met = circuits.filter((line) => line.includes("PURPOSE=HS_CLIENT_REND") && line.includes("SOCKS_USERNAME=\"electrum-observatory\""))
      const passwords = met.map((line) => /SOCKS_PASSWORD="([^"]*)"/.exec(line)?.[1])
      expect(new Set(passwords).size).toBe(2)
      expect(new Set(met.map((line) => line.split(" ")[0])).size).toBe(met.length)
    })))
  }, 150_000)

  it("says with its own codes why an onion cannot be met", async () => {
    const failure = (endpoint: string) => Effect.runPromise(dialFailure(endpoint, throughTor()))
    // A well-formed name (its checksum is right) whose descriptor nobody has ever published.
    const nobody = "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion"
    expect(await failure(`${nobody}:50001:t`)).toEqual({ reason: "unreachable", phase: "connect", detail: "SOCKS 0xf0 onion service descriptor not found" })
    expect(await failure(`${"a".repeat(56)}.onion:50001:t`)).toEqual({ reason: "unreachable", phase: "connect", detail: "SOCKS 0xf6 onion address invalid" })
    // The service is there and has no such port.
    expect(await eventually(() => failure(`${tor.onion}:50003:t`), ({ detail }) => !detail.includes("0xf0"))).toMatchObject({ reason: "refused", phase: "connect" })
  }, 150_000)

  it("is found by its answers, where it has to say that it is Tor", async () => {
    const candidate = { host: "127.0.0.1", port: tor.socksPort, credentials: null, hasToSay: true }
    expect(await Effect.runPromise(findTor([{ ...candidate, port: 1 }, candidate]))).toEqual(candidate)
  })
})
