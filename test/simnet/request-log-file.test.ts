import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Schema } from "effect"
import { afterAll, expect, it } from "vitest"
import { LoggedRequest } from "../../src/domain/request-log.ts"
import { runSimnet } from "../support/running-simnet.ts"
import { askAll, through, throughTls } from "../support/through-front.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-log-"))
afterAll(() => rmSync(folder, { recursive: true }))

const scenario = join(folder, "scenario.json")
writeFileSync(
  scenario,
  JSON.stringify({
    name: "logged",
    title: "Two servers of two kinds",
    chain: "mainnet-sim",
    seeds: ["x.test:50001:t"],
    round_trip_ms: [0, 0],
    jitter_ms: 0,
    servers: [
      { id: "x", operator: "x", software: "ElectrumX 1.18.0", names: [{ host: "x.test", addresses: ["240.1.0.1"], tcp: 50001 }] },
      { id: "f", operator: "f", software: "Fulcrum 2.1.0", names: [{ host: "f.test", addresses: ["240.2.0.1"], tls: 50002 }] }
    ]
  })
)

it("A simulated network writes down what its servers were asked, over TCP and TLS, complete when it has stopped", async () => {
  const logFile = join(folder, "log.jsonl")
  writeFileSync(logFile, "an older log\n")
  const { simnet, stop } = await runSimnet({ scenario, logFile })
  const hash = "cd".repeat(32)
  await askAll(await through(simnet, "x.test", 50001), [["blockchain.scripthash.get_balance", [hash]]], "wallet one")
  await askAll(await throughTls(simnet, "f.test", 50002), [["server.banner"]], "wallet two")
  await stop()
  const decode = Schema.decodeUnknownSync(Schema.fromJsonString(LoggedRequest))
  const log = readFileSync(logFile, "utf8").trimEnd().split("\n").map((line) => decode(line))
  expect(log.map(({ client_name, method, script_hashes, server, session }) => [session, server, method, client_name, script_hashes])).toEqual([
    [1, "x", "server.version", "wallet one", []],
    [1, "x", "blockchain.scripthash.get_balance", null, [hash]],
    [2, "f", "server.version", "wallet two", []],
    [2, "f", "server.banner", null, []]
  ])
  expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).toSorted((a, b) => a - b))
  expect(log[0]!.client).toMatch(/^198\.51\.100\./)
})

it("A log that cannot be written is said before anything starts", async () => {
  await expect(runSimnet({ scenario, logFile: join(folder, "nowhere", "log.jsonl") })).rejects.toThrow(/cannot write .*nowhere/)
})
