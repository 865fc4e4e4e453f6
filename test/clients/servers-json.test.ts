import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runCli } from "../support/cli.ts"
import { runPython } from "../support/debian-python.ts"
import { changeFile } from "../support/duck.ts"
import { hostileCrawl } from "../support/exported-crawl.ts"
import { walletInstalled } from "./wallet-session.ts"

let folder: string
let db: string

beforeAll(async () => {
  ({ db, folder } = await hostileCrawl())
  // Both servers show one certificate: here that is nobody's but a test's.
  await changeFile(db, "DELETE FROM cluster_member; DELETE FROM cluster")
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const exported = async (name: string, ...args: ReadonlyArray<string>) => {
  const file = join(folder, name)
  const run = await runCli(["export", "--network", "mainnet-sim", "--db", db, "--local", "--what", "servers", "--format", "electrum-servers", "--out", file, ...args])
  expect(run.code, run.stderr).toBe(0)
  return { file, stdout: run.stdout }
}

/** What the wallet's own code makes of a list: read as it reads its own, and a main server drawn as it draws one. */
const walletReads = `
import json, sys
from electrum import constants, network
from electrum.interface import ServerAddr
servers = constants.read_json(sys.argv[1], None)
constants.net.DEFAULT_SERVERS = servers
drawn = {str(network.pick_random_server(allowed_protocols={"s"})) for _ in range(200)}
print(json.dumps({
  "recent": sorted(network.filter_version(servers)),
  "eligible": sorted(str(address) for address in network.filter_protocol(servers, allowed_protocols={"s"})),
  "drawn": sorted(drawn),
  "again": sorted(str(ServerAddr.from_str(text)) for text in drawn),
}))`

interface WalletReading {
  readonly recent: ReadonlyArray<string>
  readonly eligible: ReadonlyArray<string>
  readonly drawn: ReadonlyArray<string>
  readonly again: ReadonlyArray<string>
}

describe.runIf(walletInstalled())("a servers.json of ours, in Debian's electrum", () => {
  it("is read by the wallet's own code, which uses every entry of it, hostile servers' texts among them", async () => {
    const { file } = await exported("servers.json")
    const addresses = ["alpha.example.org:50002:s", "beta.example.org:50002:s"]
    expect(JSON.parse(runPython(walletReads, [file])) as WalletReading).toEqual({
      recent: ["alpha.example.org", "beta.example.org"],
      eligible: addresses,
      drawn: addresses,
      again: addresses
    })
  })
})

/** Both servers are said to be one operator's. */
const oneGroup = `DELETE FROM cluster_member; DELETE FROM cluster;
  INSERT INTO cluster (crawl_id, cluster_id, kind, evidence, servers, posterior) VALUES (1, 70, 'operator', 'same key', 2, 0.97);
  INSERT INTO cluster_member (crawl_id, cluster_id, server_id, posterior)
    SELECT 1, 70, server_id, 0.97 FROM server_summary WHERE host IN ('alpha.example.org', 'beta.example.org')`

describe("a servers.json of ours", () => {
  it("has reachable servers of the chain with TLS that the wallet takes, and nobody else", async () => {
    const { file } = await exported("all.json")
    // The first says that its protocol is a formula.
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      "alpha.example.org": { pruning: "-", s: "50002", version: "1.4" },
      "beta.example.org": { pruning: "-", s: "50002", version: "1.5" }
    })
    await changeFile(db, "UPDATE tls_session SET wallet_accepts = false WHERE visit_id = (SELECT min(visit_id) FROM tls_session)")
    const { file: fewer } = await exported("fewer.json")
    expect(Object.keys(JSON.parse(readFileSync(fewer, "utf8")) as object)).toEqual(["beta.example.org"])
    await changeFile(db, "UPDATE tls_session SET wallet_accepts = true")
  })

  it("has one server of each probable operator, and says what that changes, as model output", async () => {
    await changeFile(db, oneGroup)
    const { file, stdout } = await exported("one.json")
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")) as object)).toHaveLength(1)
    expect(stdout).toMatch(/: 1 entries, at most one for each probable operator; 1 more would do as well but for these rules and was left out/)
    expect(stdout).toMatch(/^Model output, 95 % limits/m)
    expect(stdout.match(/^ {2}(?:1|10|100) +[01]\.[0-9]{3} \(/gm)).toHaveLength(3)
    const meta = JSON.parse(readFileSync(`${file}.meta.json`, "utf8")) as { readonly licence: string; readonly exposure: { readonly basis: string }; readonly left_out: ReadonlyArray<unknown> }
    expect([meta.licence, meta.exposure.basis, meta.left_out.length]).toEqual(["CC-BY-4.0", "model output", 1])
  })

  it.each([30, 60])("has of a group the least suspicious, and nobody from 40 points on: %i", async (score) => {
    const hosts = ["beta.example.org"]
    await changeFile(db, `${oneGroup}; DELETE FROM suspicion;
      INSERT INTO suspicion (crawl_id, server_id, score, tested_weight, explanation)
        SELECT 1, server_id, CASE host WHEN 'alpha.example.org' THEN ${score} ELSE 2 END, 100, 'a test' FROM server_summary`)
    const { file } = await exported("unsuspicious.json")
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")) as object)).toEqual(hosts)
    await changeFile(db, "DELETE FROM cluster_member; DELETE FROM cluster")
    const { file: apart } = await exported("apart.json")
    expect(Object.keys(JSON.parse(readFileSync(apart, "utf8")) as object)).toEqual(score < 40 ? ["alpha.example.org", ...hosts] : hosts)
  })
})
