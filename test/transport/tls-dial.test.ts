import { sha256Hex } from "../../src/domain/sha256.ts"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import type { Socket } from "node:net"
import type { TlsOptions } from "node:tls"
import { dial, dialFailure, nextText } from "../support/dialing.ts"
import { tcpServer, tlsServer } from "../support/loopback-server.ts"
import { makeTestCertificate, type TestCertificate } from "../support/test-certificate.ts"

const dns = { "a.test": ["127.0.0.1"] }
const certificate = makeTestCertificate({ commonName: "a.test", dns: ["a.test", "b.test"], ip: [[127, 0, 0, 1]] })

const options = ({ cert, key }: TestCertificate, more: TlsOptions = {}): TlsOptions => ({ cert, key, ...more })

/** Shakes hands with a server of these options and gives the facts. */
const factsOf = (served: TlsOptions) =>
  Effect.scoped(Effect.gen(function*() {
    const server = yield* tlsServer(served, (socket) => socket.write("hello"))
    const connection = yield* dial(`a.test:${server.port}:s`, { dns })
    expect(yield* nextText(connection)).toBe("hello")
    return connection.tls!
  }))

describe("TLS dial", () => {
  it.effect("records the handshake and the certificate, without demanding a valid one", () =>
    Effect.gen(function*() {
      const facts = yield* factsOf(options(certificate))
      expect(facts).toMatchObject({
        version: "TLSv1.3",
        cipher: "TLS_AES_256_GCM_SHA384",
        alpn: null,
        sni: "a.test",
        verifyError: "DEPTH_ZERO_SELF_SIGNED_CERT",
        chain: []
      })
      expect(facts.group).not.toBeNull()
      expect(facts.certificate).toEqual({
        sha256: certificate.sha256,
        spkiSha256: certificate.spkiSha256,
        subject: "CN=a.test",
        issuer: "CN=a.test",
        serial: "17",
        validFrom: "2024-01-01T00:00:00.000Z",
        validTo: "2054-01-01T00:00:00.000Z",
        sanDns: ["a.test", "b.test"],
        sanIp: ["127.0.0.1"],
        keyType: "ec prime256v1",
        signatureAlgorithm: "ecdsa-with-SHA256",
        selfSigned: true,
        derBase64: certificate.der.toString("base64")
      })
    }))

  it.effect("records what the key was exchanged by: the group, kind and size where it has no name, nothing without an ephemeral key", () =>
    Effect.gen(function*() {
      const rsa = makeTestCertificate({ commonName: "a.test", key: "rsa-2048" })
      const over = (ciphers: string) =>
        Effect.map(factsOf(options(rsa, { ciphers, maxVersion: "TLSv1.2", dhparam: "auto", ecdhCurve: "prime256v1" })), ({ group }) => group)
      expect(yield* over("ECDHE-RSA-AES128-GCM-SHA256")).toBe("prime256v1")
      expect(yield* over("DHE-RSA-AES128-GCM-SHA256")).toMatch(/^DH \d{4}$/)
      expect(yield* over("AES128-GCM-SHA256")).toBe(null)
    }))

  it.effect("sends the announced name as SNI, and none for an address", () =>
    Effect.gen(function*() {
      const seen: Array<string | false | null> = []
      const server = yield* tlsServer(options(certificate), (socket) => seen.push(socket.servername) && socket.write("x"))
      const named = yield* dial(`a.test:${server.port}:s`, { dns })
      yield* nextText(named)
      const literal = yield* dial(`127.0.0.1:${server.port}:s`)
      yield* nextText(literal)
      expect(seen).toEqual(["a.test", false])
      expect([named.tls!.sni, literal.tls!.sni]).toEqual(["a.test", null])
    }))

  it.effect("lets weak, old and expired certificates be findings", () =>
    Effect.gen(function*() {
      const lax = { ciphers: "DEFAULT@SECLEVEL=0" }
      const weak = yield* factsOf(options(makeTestCertificate({ key: "rsa-1024", digest: "sha1" }), lax))
      expect(weak.certificate).toMatchObject({ keyType: "rsa 1024", signatureAlgorithm: "sha1WithRSAEncryption" })
      const expired = yield* factsOf(options(makeTestCertificate({ notAfter: new Date("2024-02-01T00:00:00Z") })))
      expect(expired.certificate!.validTo).toBe("2024-02-01T00:00:00.000Z")
      expect(expired.verifyError).not.toBeNull()
      const ed25519 = yield* factsOf(options(makeTestCertificate({ key: "ed25519" })))
      expect(ed25519.certificate!.keyType).toBe("ed25519")
    }))

  it.effect.each(["TLSv1", "TLSv1.1", "TLSv1.2"] as const)("speaks %s to servers that know no better", (version) =>
    Effect.gen(function*() {
      const old = options(certificate, { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" })
      expect((yield* factsOf(old)).version).toBe(version)
    }))

  it.effect("keeps the chain as presented, and tells an issued certificate from a self-signed one", () =>
    Effect.gen(function*() {
      const authority = makeTestCertificate({ commonName: "root", key: "rsa-2048" })
      const stranger = makeTestCertificate({ commonName: "stranger" })
      const leaf = makeTestCertificate({ commonName: "a.test", issuer: { certificate: authority, commonName: "root" } })
      const cert = leaf.cert + stranger.cert + authority.cert
      const facts = yield* factsOf({ cert, key: leaf.key })
      expect(facts.chain.map(({ sha256 }) => sha256)).toEqual([stranger.sha256, authority.sha256])
      for (const { derBase64, sha256 } of facts.chain) expect(sha256Hex(Buffer.from(derBase64, "base64"))).toBe(sha256)
      expect(facts.certificate).toMatchObject({ issuer: "CN=root", selfSigned: false })
      const sameName = makeTestCertificate({ commonName: "root", issuer: { certificate: authority, commonName: "root" } })
      expect((yield* factsOf(options(sameName))).certificate!.selfSigned).toBe(false)
    }))

  it.effect("bounds the chain", () =>
    Effect.gen(function*() {
      const long = Array.from({ length: 30 }, (_, i) => makeTestCertificate({ commonName: `c${i}` }).cert).join("")
      const facts = yield* factsOf({ cert: certificate.cert + long, key: certificate.key })
      expect(facts.chain.length).toBe(10)
    }))

  it.effect.each<[string, (socket: Socket) => void, { readonly reason: string; readonly detail: RegExp }]>([
    ["plain text", (socket) => socket.write("{\"error\":\"speak JSON\"}\n"), { reason: "tls", detail: /wrong version|packet length|record/ }],
    ["an alert", (socket) => socket.write(Buffer.from([21, 3, 3, 0, 2, 2, 40])), { reason: "tls", detail: /handshake failure/ }],
    ["an end of stream", (socket) => socket.end(), { reason: "closed", detail: /end of stream/ }],
    ["a reset", (socket) => socket.once("data", () => socket.resetAndDestroy()), { reason: "reset", detail: /ECONNRESET/ }]
  ])("names %s instead of a handshake", ([, behave, expected]) =>
    Effect.gen(function*() {
      const server = yield* tcpServer(behave)
      const failure = yield* dialFailure(`127.0.0.1:${server.port}:s`)
      expect(failure).toMatchObject({ reason: expected.reason, phase: "tls" })
      expect(failure.detail).toMatch(expected.detail)
    }))

  it.effect("names a server that shares no version with us", () =>
    Effect.gen(function*() {
      const server = yield* tlsServer(options(certificate, { ciphers: "PSK-AES128-CBC-SHA", maxVersion: "TLSv1.2" }), () => {})
      expect(yield* dialFailure(`127.0.0.1:${server.port}:s`)).toMatchObject({ reason: "tls", phase: "tls" })
    }))

  it.effect("waits ten seconds for a server that never answers the hello", () =>
    Effect.gen(function*() {
      let hello: (() => void) | undefined
      const helloSeen = Effect.callback<void>((resume) => {
        hello = () => resume(Effect.void)
      })
      const server = yield* tcpServer((socket) => socket.once("data", () => hello?.()))
      const waiting = yield* Effect.forkChild(helloSeen)
      const fiber = yield* Effect.forkChild(dialFailure(`127.0.0.1:${server.port}:s`))
      yield* Fiber.join(waiting)
      yield* TestClock.adjust("9 seconds")
      expect(fiber.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(fiber)).toEqual({ reason: "tls timeout", phase: "tls", detail: "no answer in 10000 ms" })
    }))
})
