import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { sha256Hex } from "../../src/domain/sha256.ts"
import { type VerifiedBundle, verifyBundle } from "../../src/export/bundle/bundle-file.ts"
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

/** The bundle of a claim: its file, its bytes, its number. */
const bundleOf = async (claim: string) => {
  const out = join(folder, claim.replaceAll(/[^a-z0-9]/g, "-"))
  const { code, stderr, stdout } = await exported("--what", "evidence", "--claim", claim, "--out", out)
  expect(code, stderr).toBe(0)
  const file = join(out, readdirSync(out)[0]!)
  const id = /^number ([0-9a-f]{64})$/m.exec(stdout)![1]!
  expect(file).toContain(id)
  return { file, content: readFileSync(file), id }
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

  it("is refused with any bit turned over, by both", async () => {
    const { content, file, id } = await bundleOf(claims()[1]!)
    fc.assert(fc.property(fc.nat(content.length * 8 - 1), (bit) => {
      const changed = Uint8Array.from(content)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(typeof verifyBundle(changed, id)).toBe("string")
    }), { numRuns: 500 })
    const accepted = runPython(`
import random, sys
sys.path.insert(0, sys.argv[1])
from verify_evidence import Refused, verify
content, seed = bytearray(open(sys.argv[2], "rb").read()), random.Random(int(sys.argv[4]))
accepted = 0
for _ in range(500):
    bit = seed.randrange(len(content) * 8)
    content[bit // 8] ^= 1 << bit % 8
    try:
        verify(bytes(content), sys.argv[3])
        accepted += 1
    except Refused:
        pass
    content[bit // 8] ^= 1 << bit % 8
print(accepted)`, [join(import.meta.dirname, "../clients"), file, id, String(Date.now())])
    expect(accepted.trim()).toBe("0")
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
