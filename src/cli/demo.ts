import { Config, Effect, FileSystem } from "effect"
import { Command, Flag } from "effect/cli"
import { defaultCrawlSettings } from "../crawl/settings.ts"
import { givenSource } from "../discovery/sources/list-sources.ts"
import { runAnalysis } from "./analyze.ts"
import { type ConnectionInput, storedConnection } from "./connection.ts"
import { clientNameOf } from "./client-name.ts"
import { usualFingerprint } from "./crawl-settings.ts"
import { removeOldDemo } from "./demo-database.ts"
import { progressFlag, scenarioFlags } from "./flags.ts"
import { allLookups } from "./lookups.ts"
import { chosenChain } from "./network.ts"
import { toggle, twinnedAs } from "./option.ts"
import { Output } from "./output.ts"
import { readPublicSuffixes } from "./public-suffixes.ts"
import { type RunCrawl, runCrawl } from "./run-crawl.ts"
import { runServe } from "./run-serve.ts"
import { portFlag, usualServe } from "./serve-flags.ts"
import { startSimnetChild } from "./simnet-child.ts"

interface DemoInput {
  readonly db: string
  readonly scenario: string
  readonly randomSeed: number
  readonly progress: RunCrawl["progress"]
}

/** The simulated network lives as long as this takes. */
const crawlAndAnalyze = Effect.fnUntraced(function*(input: DemoInput) {
  const output = yield* Output
  yield* removeOldDemo(input.db)
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  const [publicSuffixes, geo] = [`${folder}/public-suffixes`, `${folder}/simulated-places.csv`]
  const ready = yield* startSimnetChild({ ...input, publicSuffixes, geo })
  yield* output.stderr(`Simulated network ${ready.scenario}: ${ready.servers} servers on 127.0.0.1, SOCKS5 at ${ready.socks}\n`)
  const chain = yield* chosenChain({ network: ready.chain, chainFile: null })
  const connection: ConnectionInput = {
    proxy: ready.socks,
    tor: ready.socks,
    resolver: ready.dns,
    allowPrivate: false,
    connectTimeout: 2_500,
    replyTimeout: null
  }
  yield* runCrawl({
    shared: null,
    db: input.db,
    chain,
    progress: input.progress,
    connection,
    lookups: { ...allLookups, geoip: [geo] },
    fresh: {
      settings: {
        ...defaultCrawlSettings,
        network: chain.name,
        fingerprint: usualFingerprint(chain),
        // A network of our own on loopback needs no politeness in time.
        rate: 0,
        connection: storedConnection(connection),
        vantage: "demo",
        clientName: clientNameOf(null)
      },
      sources: [givenSource(ready.seeds, chain)]
    },
    exclude: [],
    suggestNext: false
  })
  yield* output.stdout("\n")
  yield* runAnalysis({
    db: input.db,
    target: { network: chain.name },
    options: { publicSuffixes: yield* readPublicSuffixes([publicSuffixes]) }
  })
}, Effect.scoped)

export const demoCommand = Command.make("demo", {
  // Not OBSERVATORY_DB: that names the user's own database, which a demo must not touch.
  db: Flag.String("db").pipe(
    Flag.withDescription("Database file of the demo; it is replaced. [OBSERVATORY_DEMO_DB, in a config file demo-db]"),
    Flag.withMetavar("FILE"),
    Flag.withFallbackConfig(Config.String(twinnedAs("demo-db"))),
    Flag.withDefault("demo.duckdb")
  ),
  ...scenarioFlags,
  progress: progressFlag,
  serve: toggle("serve", "End in the viewer: serve the demo and print its address.", false),
  port: portFlag
}, Effect.fn("demo")(function*(input) {
  yield* crawlAndAnalyze(input)
  if (input.serve) {
    yield* runServe({ db: input.db, host: usualServe.host, port: input.port, names: [], token: null, public: false, exclude: [] })
  }
})).pipe(
  Command.withDescription("Simulated network on free ports, crawl, analysis and summary into demo.duckdb; under 90 seconds, nothing leaves 127.0.0.1.")
)
