import { createPublicKey, verify, X509Certificate } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect, type PeerCertificate } from "node:tls"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { SeededRandom, seededRandom } from "../../../src/simnet/draw/random.ts"
import { rsaKeys, seededKey } from "../../../src/simnet/identity/seeded-keys.ts"
import { type CertificatePlan, TlsIdentities } from "../../../src/simnet/identity/tls-identities.ts"
import { planCertificates } from "../../../src/simnet/plan/plan-certificates.ts"
import type { CertificateSpec } from "../../../src/simnet/scenario/certificate-spec.ts"
import type { ServerSpec } from "../../../src/simnet/scenario/server-spec.ts"
import { runSimnet } from "../../support/running-simnet.ts"

const now = Date.UTC(2026, 5, 1, 15, 30)
const midnight = Date.UTC(2026, 5, 1)
const day = 86_400_000

const identities = (seed = 1): TlsIdentities => new TlsIdentities(seededRandom(seed), now)
const plan = (spec: CertificateSpec, label = "a", hosts = ["a.test"]): CertificatePlan => ({ key: label, label, hosts, spec })
const leafOf = (certificates: string): X509Certificate => new X509Certificate(certificates)
const chainOf = (certificates: string): ReadonlyArray<X509Certificate> =>
  certificates.split(/(?=-----BEGIN)/).map((text) => new X509Certificate(text))
const keyOf = (certificate: X509Certificate): string =>
  certificate.publicKey.export({ type: "spki", format: "der" }).toString("hex")

describe("seeded keys", () => {
  it.each(["p256", "rsa"] as const)("of type %s are the seed's and sign what their public half verifies", (type) => {
    const one = seededKey(type, new SeededRandom("x"))
    expect(seededKey(type, new SeededRandom("x")).spki).toEqual(one.spki)
    expect(seededKey(type, new SeededRandom("y")).spki).not.toEqual(one.spki)
    const data = Buffer.from("anything")
    const signature = one.sign(data)
    expect(one.sign(data)).toEqual(signature)
    const key = createPublicKey(one.key)
    expect(verify("sha256", data, key, signature)).toBe(true)
    expect(verify("sha256", Buffer.from("anything else"), key, signature)).toBe(false)
  })

  it("of type rsa come from a pool, and no two labels share one", () => {
    const specs = Array.from({ length: 400 }, (_, i): ServerSpec => ({
      id: `s${i}`,
      operator: `s${i}`,
      software: "Fulcrum 2.1.0",
      names: [{ host: `s${i}.test`, tls: 50002 }],
      certificate: { key_type: "rsa" }
    }))
    const numbers = (order: ReadonlyArray<ServerSpec>): ReadonlyArray<number | undefined> => {
      const of = planCertificates(order, seededRandom(1))
      return specs.map((spec) => of(spec).rsaNumber)
    }
    const drawn = numbers(specs)
    expect(new Set(drawn).size).toBe(400)
    expect(numbers(specs.toReversed())).toEqual(drawn)
    for (const number of [0, 1, 2, rsaKeys - 1]) {
      const { key } = seededKey("rsa", new SeededRandom("x"), number)
      expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
    }
    const all = [0, 1, 2, 3, rsaKeys - 1].map((number) => seededKey("rsa", new SeededRandom("x"), number).spki.toString("hex"))
    expect(new Set(all).size).toBe(5)
  })
})

describe("certificates", () => {
  it("are the same bytes all day for one seed", () => {
    expect(identities().of(plan({}))).toEqual(identities().of(plan({})))
    expect(new TlsIdentities(seededRandom(1), now + day / 4).of(plan({}))).toEqual(identities().of(plan({})))
    expect(identities(2).of(plan({})).certificate).not.toBe(identities().of(plan({})).certificate)
  })

  it("that sign themselves verify with their own key", () => {
    for (const label of ["a", "b", "c", "d"]) {
      const leaf = leafOf(identities().of(plan({}, label)).certificate)
      expect(leaf.verify(leaf.publicKey)).toBe(true)
      expect(leaf.issuer).toBe(leaf.subject)
    }
  })

  it("have the subject, names, key and lifetime of the file", () => {
    const leaf = leafOf(
      identities().of(
        plan({ subject: "C=XX,O=Somebody,CN=box.local", names: ["box.local", "240.1.2.3", "2001:db8::7"], key_type: "rsa", days: 3650, days_ago: 400 })
      ).certificate
    )
    expect(leaf.subject).toBe("C=XX\nO=Somebody\nCN=box.local")
    expect(leaf.subjectAltName).toBe("DNS:box.local, IP Address:240.1.2.3, IP Address:2001:DB8:0:0:0:0:0:7")
    expect(leaf.publicKey.asymmetricKeyType).toBe("rsa")
    expect(leaf.publicKey.asymmetricKeyDetails!.modulusLength).toBe(2048)
    const since = midnight - Date.parse(leaf.validFrom)
    expect(since).toBeGreaterThanOrEqual(400 * day)
    expect(since).toBeLessThan(401 * day)
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(3650 * day)
  })

  it("of the authority hold the clearnet names and lead to its root", () => {
    const all = identities()
    const [leaf, intermediate] = chainOf(
      all.of(plan({ issuer: "ca" }, "a", ["a.test", "www.a.test", `${"a".repeat(56)}.onion`])).certificate
    )
    const root = leafOf(all.rootCertificate)
    expect(leaf!.subjectAltName).toBe("DNS:a.test, DNS:www.a.test")
    expect(leaf!.verify(intermediate!.publicKey)).toBe(true)
    expect(intermediate!.verify(root.publicKey)).toBe(true)
    expect(root.verify(root.publicKey)).toBe(true)
    expect([leaf!.ca, intermediate!.ca, root.ca]).toEqual([false, true, true])
    expect(Date.parse(leaf!.validTo)).toBeGreaterThan(now)
    expect(Date.parse(leaf!.validTo) - Date.parse(leaf!.validFrom)).toBe(90 * day)
  })

  it("are drawn between own and the authority's where the file has both, and own for addresses and onions", () => {
    const all = identities()
    const mixed: CertificateSpec = { issuer: { self: 1, ca: 1 } }
    const issuers = Array.from({ length: 40 }, (_, i) => leafOf(all.of(plan(mixed, `m${i}`, [`m${i}.test`])).certificate).issuer)
    const vouched = issuers.filter((issuer) => issuer.includes("Simulated Trust")).length
    expect(vouched).toBeGreaterThan(8)
    expect(vouched).toBeLessThan(32)
    for (const host of ["240.1.2.3", "2001:db8::1", `${"a".repeat(56)}.onion`]) {
      const leaf = leafOf(all.of(plan({ issuer: "ca" }, host, [host])).certificate)
      expect(leaf.issuer).toBe(leaf.subject)
    }
  })

  it("renewed keep the key and change serial and dates", () => {
    const all = identities()
    const [first, second] = [leafOf(all.of(plan({})).certificate), leafOf(all.of(plan({}), 1).certificate)]
    expect(keyOf(second)).toBe(keyOf(first))
    expect(second.serialNumber).not.toBe(first.serialNumber)
    expect(Date.parse(second.validFrom)).toBeGreaterThan(Date.parse(first.validFrom))
    expect(leafOf(identities().of(plan({ renewed: 1 })).certificate).serialNumber).toBe(second.serialNumber)
  })
})

/** The certificate and whether a client that trusts `ca` takes it. */
const shake = (port: number, servername: string, ca?: string): Promise<{ readonly certificate: PeerCertificate; readonly authorized: boolean }> =>
  new Promise((resolve, reject) => {
    const socket = connect(
      { host: "127.0.0.1", port, rejectUnauthorized: false, ...(servername === "" ? {} : { servername }), ...(ca === undefined ? {} : { ca }) },
      () => {
        resolve({ certificate: socket.getPeerCertificate(), authorized: socket.authorized })
        socket.destroy()
      }
    )
    socket.on("error", reject)
  })

const onion = `${"b".repeat(56)}.onion`

describe("what servers show", () => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-certificates-"))
  const file = join(folder, "tls.json")
  const caFile = join(folder, "ca.pem")
  let running: Awaited<ReturnType<typeof runSimnet>>
  const port = (host: string): number => running.simnet.listeners.get(`${host}:50002:s`)!

  beforeAll(async () => {
    const proxied = { issuer: "ca", without_sni: { key: "edge", subject: "CN=edge.veil.test,O=Veil" } }
    const server = (id: string, more: object): object => ({
      id,
      operator: id,
      software: "Fulcrum 2.1.0",
      names: [{ host: `${id}.test`, addresses: ["240.1.1.1"], tls: 50002 }],
      ...more
    })
    writeFileSync(
      file,
      JSON.stringify({
        name: "tls",
        title: "Certificates of all kinds",
        chain: "mainnet-sim",
        seeds: ["own.test:50002:s"],
        round_trip_ms: [0, 0],
        jitter_ms: 0,
        servers: [
          server("own", {}),
          server("one", { key: "shared" }),
          server("two", { key: "shared" }),
          server("old", { key: "kept" }),
          server("new", { key: "kept", certificate: { renewed: 1 } }),
          server("each-a", { key: "copied", certificate: { each: true } }),
          server("each-b", { key: "copied", certificate: { each: true } }),
          server("vouched", { certificate: { issuer: "ca" } }),
          server("hidden", {
            certificate: { issuer: "ca" },
            names: [{ host: "hidden.test", addresses: ["240.1.1.2"], tls: 50002 }, { host: onion, tls: 50002 }]
          }),
          server("front-a", { certificate: proxied }),
          server("front-b", { certificate: proxied })
        ]
      })
    )
    running = await runSimnet({ scenario: file, caFile })
  })

  afterAll(async () => {
    await running.stop()
    rmSync(folder, { recursive: true })
  })

  const sha256 = async (host: string): Promise<string> => (await shake(port(host), host)).certificate.fingerprint256
  const spki = async (host: string): Promise<string> => (await shake(port(host), host)).certificate.pubkey!.toString("hex")

  it("is one certificate where the key is shared, unless each made or renewed its own with it", async () => {
    expect(await sha256("one.test")).toBe(await sha256("two.test"))
    expect(await sha256("own.test")).not.toBe(await sha256("one.test"))
    for (const [a, b] of [["old.test", "new.test"], ["each-a.test", "each-b.test"]] as const) {
      expect(await spki(a)).toBe(await spki(b))
      expect(await sha256(a)).not.toBe(await sha256(b))
    }
  })

  it("is the clearnet certificate on an onion too", async () => {
    const { certificate } = await shake(port(onion), onion)
    expect(certificate.fingerprint256).toBe(await sha256("hidden.test"))
    expect(certificate.subjectaltname).toBe("DNS:hidden.test")
  })

  it("is accepted by a client that trusts the authority of simnet --ca", async () => {
    const ca = readFileSync(caFile, "utf8")
    expect((await shake(port("vouched.test"), "vouched.test", ca)).authorized).toBe(true)
    expect((await shake(port("vouched.test"), "vouched.test")).authorized).toBe(false)
    expect((await shake(port("own.test"), "own.test", ca)).authorized).toBe(false)
  })

  it("is the proxy's default certificate for who names no host, or an unknown one", async () => {
    const named = (await shake(port("front-a.test"), "front-a.test")).certificate
    expect(named.subjectaltname).toBe("DNS:front-a.test")
    const [a, b, unknown] = await Promise.all([
      shake(port("front-a.test"), ""),
      shake(port("front-b.test"), ""),
      shake(port("front-a.test"), "front-b.test")
    ])
    expect(a.certificate.subject.CN).toBe("edge.veil.test")
    expect(b.certificate.fingerprint256).toBe(a.certificate.fingerprint256)
    expect(unknown.certificate.fingerprint256).toBe(a.certificate.fingerprint256)
  })
})
