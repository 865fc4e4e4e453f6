import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { ipVersion } from "../../src/domain/address.ts"
import { portText } from "../../src/domain/default-values.ts"
import { type DefaultKind, defaultOf } from "../../src/domain/defaults.ts"
import { compareProtocolVersions, parseProtocolVersion } from "../../src/domain/protocol-version.ts"
import { feeTargets } from "../../src/probe/data-probes.ts"
import { filledBanner, stockBanner } from "../../src/simnet/implementations/banner.ts"
import { parseSoftware } from "../../src/simnet/model/software.ts"
import { narrowestBlock } from "../../src/simnet/plan/address-facts.ts"
import type { Plan } from "../../src/simnet/plan/plan.ts"
import { blocksOf } from "../../src/simnet/plan/world-blocks.ts"
import type { TruthLine } from "../../src/simnet/truth/truth.ts"
import { runCli } from "../support/cli.ts"
import { keptCrawl } from "../support/crawled-scenario.ts"
import { checkFingerprints, checkMalformed, checkRelease, checkTiming, checkTimings, type Met } from "../support/metadata-behaviour.ts"
import { wrongReasons } from "../support/metadata-reasons.ts"
import { planOf } from "../support/simnet-plan.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-metadata-truth-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Row = Readonly<Record<string, unknown>>

/** The rows as any program gets them. */
const metadataOf = async (db: string): Promise<ReadonlyArray<Row>> => {
  const { stdout } = await runCli(["query", "--db", db, "--format", "jsonl", "--sql", "SELECT * FROM server_metadata"])
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Row)
}

const ours = parseProtocolVersion("1.6")!

/** The protocol agreed on with a client that speaks 1.4 to 1.6, without zeros at the end. */
const agreedOn = (highest: string): string => {
  const theirs = parseProtocolVersion(highest)!
  return (compareProtocolVersions(theirs, ours) > 0 ? ours : theirs).join(".")
}

const claimsHosts = (line: TruthLine): boolean => line.implementation === "ElectrumX" || line.implementation === "Fulcrum"

/** What the software says of donations where its operator says nothing; the electrs family has no such answer. */
const ownDonation: Readonly<Record<string, string | null>> = { ElectrumX: "", Fulcrum: "1Ca1inCimwRhhcpFX84TPRrPQSryTgKW6N" }

const bannerOf = (line: TruthLine, plan: Plan): string => {
  const { model } = plan.servers.find((server) => server.id === line.server)!
  const modern = line.implementation === "ElectrumX" && compareProtocolVersions(parseProtocolVersion(line.version.replace("b", ".")) ?? [0], [1, 19]) >= 0
  if (line.banner === null) return stockBanner(parseSoftware(line.calls_itself)!)
  return claimsHosts(line) ? filledBanner(line.banner, model, modern) : line.banner
}

/** What is true of all addresses alike, else null. */
const common = <A>(values: ReadonlyArray<A>): A | null => new Set(values).size === 1 ? values[0]! : null

const sorted = (texts: unknown): ReadonlyArray<string> => (texts as ReadonlyArray<string>).toSorted()

/** What must stand in the row of a server without traits, by column; of one with traits only what they cannot touch. */
const expectedOf = (line: TruthLine, plan: Plan): Row => {
  const literal = ipVersion(line.host) !== undefined
  const onion = line.host.endsWith(".onion")
  const blockOf = narrowestBlock(blocksOf(plan))
  const blocks = line.addresses.map((address) => blockOf(address))
  const place = {
    ip: literal ? line.host : null,
    port: line.port,
    ssl: line.transport === "tls",
    network: "mainnet-sim",
    simulated: true,
    reachable: true,
    via: onion ? "tor" : "proxy",
    asn: common(blocks.map((block) => block?.asn ?? null)),
    country: common(blocks.map((block) => block?.country ?? null)),
    country_located: common(blocks.map((block) => block?.country ?? null)),
    country_registered: common(blocks.map((block) => block?.country ?? null)),
    city: common(blocks.map((block) => block?.city ?? null)),
    org: common(blocks.map((block) => block?.org ?? null)),
    cloud_provider: null,
    uptime_observations: 1,
    uptime_share: null,
    tcp_connect_ms: null,
    notes: null
  }
  const named = literal || onion ? null : line.host
  const { certificate } = line
  const tls = certificate === null ? { certificate_sha256: null, tls_version: null, wallet_accepts: null, sni: null } : {
    certificate_sha256: certificate.sha256,
    spki_sha256: certificate.spki_sha256,
    subject: certificate.subject,
    issuer: certificate.issuer,
    serial: certificate.serial,
    valid_from: certificate.valid_from,
    valid_to: certificate.valid_to,
    key_type: certificate.key_type === "rsa" ? "rsa 2048" : "ec prime256v1",
    signature_algorithm: certificate.self_signed && certificate.key_type === "rsa" ? "sha256WithRSAEncryption" : "ecdsa-with-SHA256",
    self_signed: certificate.self_signed,
    // Who signs is the simulated authority, which nobody knows, with one certificate above.
    wallet_accepts: certificate.self_signed && Date.parse(certificate.valid_to) > Date.now(),
    chain_sha256: certificate.self_signed ? [] : [expect.stringMatching(/^[0-9a-f]{64}$/)],
    tls_version: "TLSv1.3",
    session_offered: true,
    alpn: null,
    sni: onion ? line.host : named
  }
  if (line.traits.length > 0) return place
  const claims = claimsHosts(line) ? {
    protocol_max: line.protocol_max,
    pruning: null,
    advertised_genesis_hash: plan.servers.find((server) => server.id === line.server)!.model.backend.hash(0)
  } : {}
  return {
    ...place,
    ...tls,
    ...claims,
    server_version: line.calls_itself,
    banner: bannerOf(line, plan),
    donation_address: line.implementation in ownDonation ? line.donation ?? ownDonation[line.implementation] : null,
    // These two look alike where they answer server.features.
    implementation: expect.toSatisfy((found) => found === line.implementation || found === null && /Blockstream|mempool/.test(line.implementation)),
    chain_verdict: "same",
    chain: "mainnet-sim",
    tip_valid_work: true,
    relay_fee: line.relay_fee,
    balance_response: "ok",
    history_response: "ok",
    rate_limit_triggered: false
  }
}

/** What is compared by something else than equality. */
const checkRest = (row: Row, line: TruthLine): void => {
  expect(sorted(row["addresses"])).toEqual(ipVersion(line.host) === undefined ? line.addresses.toSorted() : [])
  if (line.traits.length > 0) return
  expect(parseProtocolVersion(String(row["protocol_version"]))!.join(".")).toBe(agreedOn(line.protocol_max))
  if (line.certificate !== null) {
    expect(sorted([...row["san_dns"] as ReadonlyArray<string>, ...row["san_ip"] as ReadonlyArray<string>])).toEqual(sorted(line.certificate.names))
    expect(row["tls_handshake_ms"]).toBeGreaterThan(0)
  }
  expect(row["tip_height"]).toBeGreaterThanOrEqual(line.tip_height)
  expect(row["tip_height"]).toBeLessThan(line.tip_height + 3)
  expect(row["version_ms"]).toBeGreaterThan(0)
  expect([row["first_seen"], row["last_seen"]]).toEqual([row["visited_at"], row["visited_at"]])
  // What its node estimates and holds changes by the minute: here only that all of it came in its form.
  const fees = row["fee_vector"] as Readonly<Record<string, number>>
  expect(Object.keys(fees)).toEqual(feeTargets.map(String))
  for (const fee of Object.values(fees)) expect(fee === -1 || fee >= line.relay_fee / 10).toBe(true)
  expect(JSON.parse(String(row["fee_histogram"]))).toBeInstanceOf(Array)
  const modern = agreedOn(line.protocol_max) === ours.join(".")
  expect(row["mempool_info"] === null).toBe(!modern)
  const defaults = row["default_values"] as ReadonlyArray<string>
  const known = (kind: DefaultKind, value: unknown) => typeof value === "string" && defaultOf(kind, value) !== undefined
  expect(defaults.includes("banner")).toBe(known("banner", row["banner"]))
  expect(defaults.includes("donation address")).toBe(known("donation address", row["donation_address"]))
  expect(defaults.includes("port")).toBe(known("port", portText("mainnet-sim", line.transport, line.port)))
  expect(defaults.includes("certificate subject")).toBe(known("certificate subject", line.certificate?.subject))
  if (claimsHosts(line)) {
    const hosts = JSON.parse(String(row["advertised_hosts"])) as ReadonlyArray<{ readonly host: string }>
    expect(sorted(hosts.map(({ host }) => host))).toEqual(sorted(line.claims))
  }
}

/** The servers of scenario `mixed` that are well: the others take minutes to find out about. */
const everySoftware = (): string => {
  const mixed = JSON.parse(readFileSync(new URL("../../src/simnet/scenarios/mixed.json", import.meta.url), "utf8")) as { servers: ReadonlyArray<Row> }
  const servers = mixed.servers.filter((server) => server["traits"] === undefined && server["fails"] === undefined && server["operator"] !== "sybil")
  const file = join(folder, "every-software.json")
  // Replies vary by more than a busy machine makes them vary.
  writeFileSync(file, JSON.stringify({ ...mixed, name: "every-software", servers, jitter_ms: 200 }))
  return file
}

describe.concurrent("server_metadata of a crawl", () => {
  it.each([["every software", 20], ["hosted", 50], ["dual", 20]] as const)("of %s is field by field what the truth says of every reachable server", async (scenario, least) => {
    const file = scenario === "every software" ? everySoftware() : scenario
    const plan = await planOf(file, 7)
    const { db, truth } = await keptCrawl(file, 7, folder)
    const rows = await metadataOf(db)
    expect(rows.filter((row) => wrongReasons(row).length > 0).map((row) => [row["host"], ...wrongReasons(row)])).toEqual([])
    const met: Array<Met> = []
    for (const row of rows.filter((row) => row["reachable"] === true)) {
      const behind = truth.filter((line) =>
        line.host === row["host"] && line.port === row["port"] && (line.transport === "tls") === row["ssl"])
      const own = behind.filter((line) => plan.servers.some((server) => server.id === line.server && server.model.chain.name === "mainnet-sim"))
      // A balanced name has several servers, of which one was met; servers of other chains are left at once.
      if (own.length !== 1 || behind.length !== 1) continue
      expect(row).toMatchObject(expectedOf(own[0]!, plan))
      checkRest(row, own[0]!)
      if (own[0]!.traits.length === 0) met.push({ row, line: own[0]!, planned: plan.servers.find(({ id }) => id === own[0]!.server)! })
    }
    expect(met.length).toBeGreaterThan(least)
    expect(met.filter(({ row }) => row["malformed_response"] !== null).length).toBeGreaterThan(met.length / 2)
    for (const one of met) {
      checkRelease(one)
      checkMalformed(one)
      checkTiming(one)
    }
    if (scenario === "every software") checkTimings(met)
    checkFingerprints(met)
  }, 150_000)
})
