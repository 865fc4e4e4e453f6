import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { findCrawl } from "../../src/analysis/analysis-input.ts"
import { readServerTraits } from "../../src/analysis/traits/read-server-traits.ts"
import { Database } from "../../src/store/database.ts"
import { runCli } from "../support/cli.ts"
import { runSimnet } from "../support/running-simnet.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-trusted-"))
const caFile = join(folder, "ca.pem")
let running: Awaited<ReturnType<typeof runSimnet>>

beforeAll(async () => {
  const scenario = join(folder, "vouched.json")
  const server = (id: string, certificate: object): object => ({
    id,
    operator: id,
    software: "Fulcrum 2.1.0",
    certificate,
    names: [{ host: `${id}.test`, addresses: ["240.1.1.1"], tls: 50_002 }]
  })
  writeFileSync(scenario, JSON.stringify({
    name: "vouched",
    title: "One certificate of an authority, one of nobody's",
    chain: "mainnet-sim",
    seeds: ["vouched.test:50002:s", "own.test:50002:s"],
    round_trip_ms: [0, 0],
    jitter_ms: 0,
    servers: [server("vouched", { issuer: "ca" }), server("own", {})]
  }))
  running = await runSimnet({ scenario, caFile })
})

afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Host -> whether a crawl with this environment took its certificate for an authority's. */
const trustedBy = async (name: string, env: Record<string, string>): Promise<Record<string, boolean>> => {
  const db = join(folder, `${name}.duckdb`)
  const { simnet } = running
  const run = await runCli([
    "crawl", "--network", "mainnet-sim", "--db", db, "--rate", "0", "--proxy", `socks5://127.0.0.1:${simnet.socksPort}`,
    ...simnet.seeds.flatMap((seed) => ["--seed", seed])
  ], { env, timeoutMs: 120_000 })
  expect(run.code, run.stderr).toBe(0)
  const traits = await Effect.runPromise(Effect.gen(function*() {
    return yield* readServerTraits(yield* findCrawl({ network: "mainnet-sim" }), [])
  }).pipe(Effect.provide(Database.layer(db)), Effect.provide(NodeServices.layer), Effect.scoped))
  return Object.fromEntries(traits.flatMap(({ certificates }) => certificates.map(({ host, trusted }) => [host, trusted])))
}

describe("the certificates that a crawl saw", () => {
  it("are trusted where an authority that this machine knows vouches for the name", async () => {
    expect(await trustedBy("knowing", { NODE_EXTRA_CA_CERTS: caFile })).toEqual({ "vouched.test": true, "own.test": false })
  })

  it("are not where the machine does not know the authority", async () => {
    expect(await trustedBy("ignorant", {})).toEqual({ "vouched.test": false, "own.test": false })
  })
})
