import { constants } from "node:crypto"
import { execFile, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from "node:tls"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { walletVerdict } from "../../src/domain/wallet-trust.ts"
import { dial, nextText } from "../support/dialing.ts"
import { tlsServer } from "../support/loopback-server.ts"
import { makeTestCertificate, type TestCertificateOptions } from "../support/test-certificate.ts"

const root = makeTestCertificate({ commonName: "known root", key: "rsa-2048", authority: true })
const known = { certificate: root, commonName: "known root" }
const stranger = makeTestCertificate({ commonName: "strange root", key: "rsa-2048", authority: true })
const unknown = { certificate: stranger, commonName: "strange root" }
const middle = makeTestCertificate({ commonName: "middle", key: "rsa-2048", authority: true, issuer: known })
const past = new Date("2024-02-01T00:00:00Z")
const future = new Date("2053-01-01T00:00:00Z")

// Before the first handshake of this process, which makes the one context of all.
setDefaultCACertificates([...getCACertificates("default"), root.cert])

const folder = mkdtempSync(join(tmpdir(), "observatory-wallet-trust-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const authorities = join(folder, "authorities.pem")
writeFileSync(authorities, root.cert)

const script = fileURLToPath(new URL("../support/wallet-trust.py", import.meta.url))
const python = spawnSync("python3", ["-c", "import ssl, sys; sys.exit(ssl.create_default_context().security_level != 2)"])

/** A server of TLS 1.3 that sends no ticket, which Node's cannot be told; it answers one client. */
const withoutTickets = `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
context.num_tickets = 0
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
client = context.wrap_socket(listener.accept()[0], server_side=True)
client.recv(1)
client.sendall(b"reply")
client.recv(1)
`

interface Case {
  readonly what: string
  readonly certificate?: TestCertificateOptions
  /** Certificates presented above the leaf. */
  readonly above?: string
  readonly served?: TlsOptions
  /** Whom we mean to reach: a.test, where nothing else is said. */
  readonly host?: string
  /** Node's name of the fault. */
  readonly fault: string | null
  readonly accepts: boolean | null
  readonly reason: string
}

const self = { commonName: "a.test", dns: ["a.test"] }
const pinned = { fault: "DEPTH_ZERO_SELF_SIGNED_CERT", accepts: true, reason: "self-signed: pinned at first contact" }
const trusted = { fault: null, accepts: true, reason: "a known authority's, for this name" }
const lax = { ciphers: "DEFAULT@SECLEVEL=0" }

const cases: ReadonlyArray<Case> = [
  { what: "signed itself", certificate: self, ...pinned },
  { what: "signed itself, for another name", certificate: { dns: ["b.test"] }, ...pinned },
  { what: "signed itself, without names", certificate: {}, ...pinned },
  { what: "signed itself with SHA-1", certificate: { ...self, key: "rsa-2048", digest: "sha1" }, served: lax, ...pinned },
  { what: "signed itself, time over", certificate: { ...self, notAfter: past }, fault: "CERT_HAS_EXPIRED", accepts: false, reason: "expired" },
  { what: "signed itself, time to come", certificate: { ...self, notBefore: future }, fault: "CERT_NOT_YET_VALID", accepts: false, reason: "not valid yet" },
  { what: "signed itself with RSA 1024", certificate: { ...self, key: "rsa-1024" }, served: lax, fault: pinned.fault, accepts: false, reason: "key too small" },
  { what: "of a known authority", certificate: { ...self, issuer: known }, ...trusted },
  { what: "of a known authority, through another", certificate: { ...self, issuer: { certificate: middle, commonName: "middle" } }, above: middle.cert, ...trusted },
  { what: "of a known authority, for an address", certificate: { ip: [[127, 0, 0, 1]], issuer: known }, host: "127.0.0.1", ...trusted },
  { what: "of a known authority, for a name only", certificate: { ...self, issuer: known }, host: "127.0.0.1", fault: "ERR_TLS_CERT_ALTNAME_INVALID", accepts: false, reason: "issued for another name" },
  { what: "of a known authority, for any name below", certificate: { dns: ["*.a.test"], issuer: known }, host: "x.a.test", ...trusted },
  { what: "of a known authority, for another name", certificate: { dns: ["b.test"], issuer: known }, fault: "ERR_TLS_CERT_ALTNAME_INVALID", accepts: false, reason: "issued for another name" },
  { what: "of a known authority, time over", certificate: { ...self, issuer: known, notAfter: past }, fault: "CERT_HAS_EXPIRED", accepts: false, reason: "expired" },
  { what: "of a known authority, with SHA-1", certificate: { ...self, issuer: known, digest: "sha1" }, served: lax, fault: null, accepts: false, reason: "signed with a weak digest" },
  { what: "of a known authority, RSA 1024", certificate: { ...self, issuer: known, key: "rsa-1024" }, served: lax, fault: null, accepts: false, reason: "key too small" },
  { what: "of a known authority, the one between missing", certificate: { ...self, issuer: { certificate: middle, commonName: "middle" } }, fault: "UNABLE_TO_VERIFY_LEAF_SIGNATURE", accepts: false, reason: "unknown authority" },
  { what: "of an authority of its own", certificate: { ...self, issuer: unknown }, fault: "UNABLE_TO_VERIFY_LEAF_SIGNATURE", accepts: false, reason: "unknown authority" },
  { what: "of an authority of its own, presented too", certificate: { ...self, issuer: unknown }, above: stranger.cert, fault: "SELF_SIGNED_CERT_IN_CHAIN", accepts: false, reason: "unknown authority" },
  ...(["TLSv1", "TLSv1.1"] as const).map((version): Case => ({
    what: `signed itself, over ${version} only`,
    certificate: self,
    served: { minVersion: version, maxVersion: version, ...lax },
    fault: pinned.fault,
    accepts: false,
    reason: "older than TLS 1.2"
  })),
  { what: "signed itself, over TLS 1.2 only", certificate: self, served: { maxVersion: "TLSv1.2" }, ...pinned },
  {
    what: "signed itself, over a suite of TLS 1.2 without ephemeral keys",
    certificate: { ...self, key: "rsa-2048" },
    served: { maxVersion: "TLSv1.2", ciphers: "AES256-SHA:@SECLEVEL=0" },
    fault: pinned.fault,
    accepts: null,
    reason: "a cipher suite that the wallet does not offer; whether the server has others was not tried"
  }
]

/** A server that presents a case's certificate. */
const serverOf = ({ above = "", certificate, served }: Case) => {
  const { cert, key } = makeTestCertificate(certificate)
  return tlsServer({ cert: cert + above, key, ...served }, (socket) => socket.write("hello"))
}

describe("what the wallet would make of a TLS server", () => {
  it.effect.each(cases)("whose certificate is $what", (one) =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* serverOf(one)
      const { host = "a.test" } = one
      const connection = yield* dial(`${host}:${server.port}:s`, { dns: { [host]: ["127.0.0.1"] } })
      yield* nextText(connection)
      const tls = { ...connection.tls!, sessionOffered: connection.sessionOffered() }
      expect({ fault: tls.verifyError, ...walletVerdict(tls) }).toEqual({ fault: one.fault, accepts: one.accepts, reason: one.reason })
    })))

  it.effect.skipIf(python.status !== 0)("is what Python, in which the wallet is written, makes of them all", () =>
    Effect.scoped(Effect.gen(function*() {
      const servers = yield* Effect.forEach(cases, serverOf)
      const pairs = cases.flatMap(({ host = "a.test" }, i) => [host, String(servers[i]!.port)])
      const { stdout } = yield* Effect.promise(() => promisify(execFile)("python3", [script, authorities, ...pairs]))
      const lines = stdout.trimEnd().split("\n")
      const found = cases.map(({ what }, i) => [what, lines[i] === "accepted", lines[i]])
      // Where we cannot tell, Pythons differ too: Debian's offers suites that the one of python.org does not.
      expect(found).toEqual(cases.map(({ accepts, what }, i) => [what, accepts ?? lines[i] === "accepted", lines[i]]))
      expect(lines.filter((line) => line === "accepted").length).toBeGreaterThan(5)
    })), 30_000)

  /** What is offered until a reply came; tickets of TLS 1.3 may follow what a server says unasked. */
  const offeredBy = Effect.fnUntraced(function*(port: number) {
    const connection = yield* dial(`a.test:${port}:s`, { dns: { "a.test": ["127.0.0.1"] } })
    connection.socket.write("x")
    yield* nextText(connection)
    return connection.sessionOffered()
  })

  it.effect.each(["TLSv1.2", "TLSv1.3"] as const)("includes a session to resume that servers offer in %s", (version) =>
    Effect.scoped(Effect.gen(function*() {
      const { cert, key } = makeTestCertificate(self)
      const server = yield* tlsServer({ cert, key, minVersion: version, maxVersion: version }, (socket) => {
        socket.once("data", () => socket.write("reply"))
      })
      expect(yield* offeredBy(server.port)).toBe(true)
    })))

  it.effect("includes a session that the server keeps itself, of which it gives an identifier", () =>
    Effect.scoped(Effect.gen(function*() {
      const { cert, key } = makeTestCertificate(self)
      const server = yield* tlsServer({ cert, key, maxVersion: "TLSv1.2", secureOptions: constants.SSL_OP_NO_TICKET }, (socket) => {
        socket.once("data", () => socket.write("reply"))
      })
      expect(yield* offeredBy(server.port)).toBe(true)
    })))

  it.effect("includes a session of a server that closes the connection without a word", () =>
    Effect.scoped(Effect.gen(function*() {
      const { cert, key } = makeTestCertificate(self)
      // In a later turn: what comes with the last packet of the handshake is read before its answer, the tickets, is sent.
      const server = yield* tlsServer({ cert, key }, (socket) => socket.once("data", () => setImmediate(() => socket.destroy())))
      const connection = yield* dial(`a.test:${server.port}:s`, { dns: { "a.test": ["127.0.0.1"] } })
      const gone = Effect.promise(() => once(connection.socket, "close"))
      connection.socket.on("error", () => {})
      connection.socket.resume()
      connection.socket.write("x")
      yield* gone
      expect(connection.sessionOffered()).toBe(true)
    })))

  it.effect.skipIf(python.status !== 0)("includes that a server offers none", () =>
    Effect.scoped(Effect.gen(function*() {
      const { cert, key } = makeTestCertificate(self)
      const file = join(folder, "none.pem")
      writeFileSync(file, cert + key)
      const child = yield* Effect.acquireRelease(
        Effect.sync(() => spawn("python3", ["-c", withoutTickets, file], { stdio: ["ignore", "pipe", "inherit"] })),
        (child) => Effect.sync(() => child.kill())
      )
      const port = yield* Effect.promise(() => once(child.stdout, "data").then(([line]) => Number(String(line))))
      expect(yield* offeredBy(port)).toBe(false)
    })))
})
