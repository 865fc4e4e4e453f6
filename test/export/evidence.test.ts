import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { seededRandom } from "../../src/analysis/seeded-random.ts"
import { sha256Hex } from "../../src/domain/sha256.ts"
import { type VerifiedBundle, verifyBundle, writeBundle } from "../../src/export/bundle/bundle-file.ts"
import type { Manifest } from "../../src/export/bundle/format.ts"
import { runCli } from "../support/cli.ts"
import { runPython } from "../support/debian-python.ts"
import { changeFile, queryFile } from "../support/duck.ts"
import { liarsCrawl } from "../support/liars-crawl.ts"
import { provenLiars, twinHosts, unprovenLiars } from "../support/liars-scenario.ts"

let folder: string
let db: string
const idOf = new Map<string, number>()

const observatory = (...args: ReadonlyArray<string>) => runCli([...args], { timeoutMs: 120_000 })
const exported = (...args: ReadonlyArray<string>) => observatory("export", "--network", "mainnet-sim", "--db", db, "--local", ...args)

const exportBundle = async (claim: string) => {
  const out = join(folder, claim.replaceAll(/[^a-z0-9]/g, "-"))
  const { code, stderr, stdout } = await exported("--what", "evidence", "--claim", claim, "--out", out)
  expect(code, stderr).toBe(0)
  const file = join(out, readdirSync(out)[0]!)
  const id = /^number ([0-9a-f]{64})$/m.exec(stdout)![1]!
  expect(file).toContain(id)
  return { file, content: readFileSync(file), id }
}

const bundles = new Map<string, ReturnType<typeof exportBundle>>()

/** The bundle of a claim: its file, its bytes, its number. Made once for each: that it is the same bytes whenever it is made is a test of its own. */
const bundleOf = (claim: string): ReturnType<typeof exportBundle> => {
  const made = bundles.get(claim) ?? exportBundle(claim)
  bundles.set(claim, made)
  return made
}

const verified = (content: Uint8Array, id: string): VerifiedBundle => {
  const bundle = verifyBundle(content, id)
  if (typeof bundle === "string") throw new Error(bundle)
  return bundle
}

/** Runs the verifier that was written from the document: how many facts it worked out again, or why it refused. */
const strangerSays = (file: string, id: string): string =>
  runPython(`
import sys
sys.path.insert(0, sys.argv[1])
from verify_evidence import Refused, verify
try:
    print(verify(open(sys.argv[2], "rb").read(), sys.argv[3]))
except Refused as refusal:
    print("refused:", refusal)`, [join(import.meta.dirname, "../clients"), file, id]).trim()

beforeAll(async () => {
  ({ db, folder } = await liarsCrawl())
  for (const { host, server_id } of await queryFile(db, "SELECT host, server_id FROM server_summary")) idOf.set(String(host), Number(server_id))
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** One claim of each kind. */
const claims = (): ReadonlyArray<string> => {
  const twins = twinHosts.map((host) => idOf.get(host)!).toSorted((a, b) => a - b)
  return [`server:${idOf.get("honest-1.liars.test")}`, `pair:${twins.join(",")}`, "cluster:1", `indicator:${idOf.get("wrong-merkle.liars.test")},contradicted proofs`]
}

describe("an evidence bundle", () => {
  it("is accepted whole, by us and by a verifier written from its document alone", async () => {
    const kinds = new Set<string>()
    for (const claim of claims()) {
      const { content, file, id } = await bundleOf(claim)
      const { failed, manifest } = verified(content, id)
      expect(failed, claim).toEqual([])
      expect(manifest.checks.length, claim).toBeGreaterThan(5)
      expect(manifest.warning).toMatch(/^SIMULATED/)
      expect(manifest.about).toMatchObject({ crawl_id: 1, network: "mainnet-sim", code_version: "0.1.0", licence: "CC-BY-4.0" })
      for (const { check } of manifest.checks) kinds.add(check)
      expect(strangerSays(file, id), claim).toBe(String(manifest.checks.length))
    }
    expect([...kinds].toSorted()).toEqual(["certificate", "entries", "header", "link", "merkle", "same key", "same value", "status", "transaction", "value"])
  }, 180_000)

  it("is refused with a bit turned over anywhere: in every five-hundredth of the file, at both ends and around every line end, by both", async () => {
    const { content, file, id } = await bundleOf(claims()[1]!)
    const bits = new Set<number>()
    const random = seededRandom(Date.now())
    for (let slice = 0; slice < 500; slice++) bits.add(Math.floor((slice + random()) * content.length * 8 / 500))
    const bytes = [...Array(100).keys()].flatMap((i) => [i, content.length - 1 - i])
    for (const [at, byte] of content.entries()) if (byte === 10) bytes.push(at - 1, at, at + 1)
    for (const byte of bytes) if (byte >= 0 && byte < content.length) for (let bit = 0; bit < 8; bit++) bits.add(byte * 8 + bit)
    expect(bits.size).toBeGreaterThan(2_000)
    const changed = Uint8Array.from(content)
    const accepted = [...bits].filter((bit) => {
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const verdict = verifyBundle(changed, id)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      return typeof verdict !== "string"
    })
    expect(accepted).toEqual([])
    expect(verified(changed, id).failed).toEqual([])
    writeFileSync(join(folder, "bits.json"), JSON.stringify([...bits]))
    const byStranger = runPython(`
import json, sys
sys.path.insert(0, sys.argv[1])
from verify_evidence import Refused, verify
content = bytearray(open(sys.argv[2], "rb").read())
accepted = 0
for bit in json.load(open(sys.argv[4])):
    content[bit // 8] ^= 1 << bit % 8
    try:
        verify(bytes(content), sys.argv[3])
        accepted += 1
    except Refused:
        pass
    content[bit // 8] ^= 1 << bit % 8
print(accepted)`, [join(import.meta.dirname, "../clients"), file, id, join(folder, "bits.json")])
    expect(byStranger.trim()).toBe("0")
  })

  it("holds the parameters of every request, and the certificates above the leaf in the order in which they were presented", async () => {
    // One of whom no other test speaks, since its rows are changed.
    const server = idOf.get("honest-3.liars.test")!
    const others = await queryFile(db, "SELECT sha256 FROM certificate ORDER BY sha256 DESC LIMIT 2")
    const chain = others.map((row) => String(row["sha256"]))
    await changeFile(db, `
      INSERT INTO chain_certificate SELECT sha256, der FROM certificate WHERE sha256 IN ('${chain.join("', '")}');
      UPDATE tls_session SET chain_sha256 = ['${chain.join("', '")}', 'not stored'] WHERE visit_id IN
        (SELECT visit_id FROM visit v JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id WHERE se.server_id = ${server})`)
    const { content, file, id } = await bundleOf(`server:${server}`)
    const { failed, manifest } = verified(content, id)
    expect(failed).toEqual([])
    expect(strangerSays(file, id)).toBe(String(manifest.checks.length))
    const replies = manifest.items.filter(({ asked, kind }) => kind === "reply" && asked!.probe.startsWith("stray") === false)
    expect(replies.length).toBeGreaterThan(30)
    expect(replies.filter(({ asked }) => asked!.params === null).map(({ name }) => name)).toEqual([])
    const version = replies.find(({ asked }) => asked!.probe === "version")!
    expect(version.asked!.params).toEqual([expect.stringContaining("electrum-observatory"), expect.anything()])
    const visit = manifest.visits.find(({ kind, transport }) => kind === "regular" && transport === "tls")!.visit
    const above = manifest.items.filter((item) => item.kind === "chain certificate" && item.visit === visit)
    expect(above.map(({ name, sha256 }) => [name, sha256])).toEqual(chain.map((sha256, i) => [`certificate/${visit}-chain-${i + 1}.der`, sha256]))
    // What many customers of one authority show is no key in common.
    expect(manifest.checks.filter((check) => check.check === "same key")).toEqual([])
  })

  it("holds a text of ten megabytes, which both read, and in which both find a bit turned over", async () => {
    const { content, id } = await bundleOf(claims()[0]!)
    const { manifest } = verified(content, id)
    const lines = content.toString("utf8").trimEnd().split("\n").slice(1)
    const filled = manifest.items.map(({ bytes: _bytes, sha256: _sha256, ...item }, i) =>
      ({ ...item, content: Buffer.from((JSON.parse(lines[i]!) as { readonly base64: string }).base64, "base64") }))
    const reply = manifest.items.find(({ kind }) => kind === "reply")!
    const long = Buffer.from(`{"id":1,"result":"${"ten megabytes ".repeat(750_000)}"}`)
    const { format: _format, items: _items, version: _version, ...parts } = manifest
    const bundle = writeBundle(parts, [...filled, { name: "reply/long", kind: "reply", visit: reply.visit, asked: reply.asked, content: long }])
    const text = Buffer.from(bundle.text)
    expect(text.length).toBeGreaterThan(10 * 2 ** 20)
    expect(verified(text, bundle.id).failed).toEqual([])
    const file = join(folder, "long.jsonl")
    writeFileSync(file, text)
    expect(strangerSays(file, bundle.id)).toBe(String(manifest.checks.length))
    text[text.length - 5_000_000]! ^= 4
    expect(verifyBundle(text, bundle.id)).toContain("it was altered")
    writeFileSync(file, text)
    expect(strangerSays(file, bundle.id)).toMatch(/^refused: another number/)
    // Whoever makes the number anew changes the bytes of an item all the same.
    expect(verifyBundle(text, sha256Hex(text))).toContain("the bytes of item reply/long are not those")
    expect(strangerSays(file, sha256Hex(text))).toMatch(/^refused/)
  })

  it("fails by its facts where somebody changes what was received and makes all hashes anew", async () => {
    const { content, id } = await bundleOf(claims()[0]!)
    const { manifest } = verified(content, id)
    const lines = content.toString("utf8").trimEnd().split("\n")
    const checked = manifest.checks.flatMap((check) =>
      check.check === "header" ? [check.header.item] : check.check === "transaction" ? [check.transaction.item] : check.check === "entries" ? [check.history.item] : [])
    expect(checked.length).toBeGreaterThan(5)
    for (const name of new Set(checked)) {
      const place = manifest.items.findIndex((item) => item.name === name)
      const received = Buffer.from((JSON.parse(lines[place + 1]!) as { base64: string }).base64, "base64").toString("utf8")
      const digit = /[0-9a-f]{64}/.exec(received)!.index + 40
      const forged = Buffer.from(received.slice(0, digit) + (received[digit] === "0" ? "1" : "0") + received.slice(digit + 1))
      const listed: Manifest = { ...manifest, items: manifest.items.map((item) => item.name === name ? { ...item, sha256: sha256Hex(forged) } : item) }
      const text = [JSON.stringify(listed), ...lines.slice(1).map((line, i) => i === place ? JSON.stringify({ name, base64: forged.toString("base64") }) : line), ""].join("\n")
      expect(verified(Buffer.from(text), sha256Hex(text)).failed.length, name).toBeGreaterThan(0)
      const file = join(folder, "forged.jsonl")
      writeFileSync(file, text)
      expect(strangerSays(file, sha256Hex(text)), name).toMatch(/^refused/)
    }
  })

  it("is refused by both where it has a kind of fact that is not known, an item that leads elsewhere, or one too many", async () => {
    const { content, id } = await bundleOf(claims()[0]!)
    const { manifest } = verified(content, id)
    const lines = content.toString("utf8").trimEnd().split("\n")
    const name = manifest.items[0]!.name
    const changes: ReadonlyArray<readonly [manifest: unknown, lines: ReadonlyArray<string>]> = [
      [{ ...manifest, checks: [...manifest.checks, { check: "honest", of: 1 }] }, lines.slice(1)],
      [{ ...manifest, version: 2 }, lines.slice(1)],
      [{ ...manifest, items: manifest.items.map((item) => item.name === name ? { ...item, name: "../../evil" } : item) }, lines.slice(1).map((line) => line.replace(`"${name}"`, "\"../../evil\""))],
      [manifest, [...lines.slice(1), lines[1]!]],
      [{ ...manifest, items: [...manifest.items, manifest.items[0]!] }, [...lines.slice(1), lines[1]!]]
    ]
    for (const [changed, items] of changes) {
      const text = [JSON.stringify(changed), ...items, ""].join("\n")
      expect(typeof verifyBundle(Buffer.from(text), sha256Hex(text))).toBe("string")
      const file = join(folder, "changed.jsonl")
      writeFileSync(file, text)
      expect(strangerSays(file, sha256Hex(text))).toMatch(/^refused/)
    }
  })

  it("is refused by both with any byte between its objects, and with members that the document does not name", async () => {
    const { content } = await bundleOf(claims()[1]!)
    const text = content.toString("utf8")
    const lines = text.trimEnd().split("\n")
    const withMember = (line: string) => line.replace(/^\{/, "{\"aside\":1,")
    const changes = [
      text.replaceAll("\n", "\r\n"), `${text}\n`, `\ufeff${text}`, ` ${text}`, text.replace("\n", " \n"), text.replace("\":", "\":\t"),
      [withMember(lines[0]!), ...lines.slice(1), ""].join("\n"), [lines[0]!, withMember(lines[1]!), ...lines.slice(2), ""].join("\n")
    ]
    for (const [i, changed] of changes.entries()) {
      const id = sha256Hex(changed)
      expect(typeof verifyBundle(Buffer.from(changed), id), String(i)).toBe("string")
      const file = join(folder, "bytes.jsonl")
      writeFileSync(file, changed)
      expect(strangerSays(file, id), String(i)).toMatch(/^refused/)
    }
  })

  it("is refused by both where its claim says another number, or names others, than its finding", async () => {
    for (const claim of claims()) {
      const { content, id } = await bundleOf(claim)
      const { manifest } = verified(content, id)
      const lines = content.toString("utf8").trimEnd().split("\n")
      const { of, statement } = manifest.claim
      for (const changed of [{ ...manifest.claim, statement: statement.replace(/\d(?!.*\d)/, (digit) => String((Number(digit) + 1) % 10)) }, { ...manifest.claim, of: [...of, "1"] }]) {
        const text = [JSON.stringify({ ...manifest, claim: changed }), ...lines.slice(1), ""].join("\n")
        expect(verifyBundle(Buffer.from(text), sha256Hex(text)), claim).toBe("its claim is not what its finding says")
        const file = join(folder, "claimed.jsonl")
        writeFileSync(file, text)
        expect(strangerSays(file, sha256Hex(text)), claim).toMatch(/^refused: the claim is not what the finding says/)
      }
    }
  }, 180_000)

  it("is the same bytes whenever it is made, and its items can be taken out", async () => {
    const claim = claims()[1]!
    const { content, file } = await bundleOf(claim)
    const again = join(folder, "again.jsonl")
    expect((await exported("--what", "evidence", "--claim", claim, "--out", again)).code).toBe(0)
    expect(readFileSync(again).equals(content)).toBe(true)
    const out = join(folder, "items")
    const run = await observatory("verify", file, "--extract", out)
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/^SIMULATED[\s\S]*The bundle is whole, and every fact that it lists is so\.$[\s\S]*^NOT worked out: the probability in the claim/m)
    const certificates = readdirSync(join(out, "certificate"))
    expect(certificates.length).toBeGreaterThan(1)
    expect(readFileSync(join(out, "certificate", certificates[0]!))[0]).toBe(0x30)
  }, 120_000)

  it("needs its number, and is refused with another one in a sentence", async () => {
    const { file, id } = await bundleOf(claims()[1]!)
    const nameless = join(folder, "nameless.jsonl")
    writeFileSync(nameless, readFileSync(file))
    expect(await observatory("verify", nameless)).toMatchObject({ code: 2, stderr: expect.stringContaining("Give the bundle's number with --id") })
    expect(await observatory("verify", nameless, "--id", id)).toMatchObject({ code: 0 })
    expect(await observatory("verify", nameless, "--id", "0".repeat(64))).toMatchObject({ code: 1, stderr: expect.stringMatching(/^observatory: .*it was altered, or is another bundle\.\n$/) })
  })

  it("is not made for what the crawl does not know", async () => {
    for (const [claim, code] of [["server:99999", 1], ["cluster:999", 1], ["pair:1", 2], ["everything", 2], [`indicator:${idOf.get("honest-1.liars.test")},no such`, 1]] as const) {
      expect((await exported("--what", "evidence", "--claim", claim, "--out", folder)).code, claim).toBe(code)
    }
  }, 120_000)
})

interface Listed {
  readonly entries: ReadonlyArray<{ readonly host: string; readonly transcript: string; readonly transcript_sha256: string }>
}

describe("the list of hosts for ElectrumX", () => {
  const out = () => join(folder, "blacklist.json")
  const list = async (): Promise<ReadonlyArray<string>> => {
    const run = await exported("--what", "servers", "--format", "electrumx-blacklist", "--out", out())
    expect(run.code, run.stderr).toBe(0)
    return JSON.parse(readFileSync(out(), "utf8")) as ReadonlyArray<string>
  }

  it("has exactly those that hashes prove, each with a transcript that others can check", async () => {
    expect(await list()).toEqual([...Object.keys(provenLiars), "fork.liars.test"].toSorted())
    const { entries } = JSON.parse(readFileSync(`${out()}.meta.json`, "utf8")) as Listed
    for (const { host, transcript, transcript_sha256 } of entries) {
      const file = join(folder, transcript)
      const { failed, manifest } = verified(readFileSync(file), transcript_sha256)
      expect(failed).toEqual([])
      expect(manifest.claim.statement).toContain(host)
      expect(new Set(manifest.visits.map((visit) => visit.host))).toEqual(new Set([host]))
      expect(strangerSays(file, transcript_sha256)).toBe(String(manifest.checks.length))
    }
  })

  it("does not follow scores: it is the same without any, and suspicious servers alone are not on it", async () => {
    const before = await list()
    expect(before).not.toEqual(expect.arrayContaining(Object.keys(unprovenLiars)))
    const suspicious = await queryFile(db, "SELECT host FROM server_summary WHERE honeypot_score > 0")
    expect(suspicious.map(({ host }) => host)).toEqual(expect.arrayContaining(["wrong-status.liars.test"]))
    await changeFile(db, "UPDATE suspicion SET score = 100; UPDATE indicator SET points = 60, value = 1; UPDATE behaviour SET response = 'differs'")
    expect(await list()).toEqual(before)
    await changeFile(db, "DELETE FROM suspicion; DELETE FROM indicator")
    expect(await list()).toEqual(before)
  }, 120_000)
})
