import { Effect, type Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { listScenarios, type RunningSimnet, scenarioJsonSchema, startSimnet, traits } from "../simnet/simnet.ts"
import { positiveInteger, scenarioFlags } from "./flags.ts"
import { integer, nullable, number, text, toggle } from "./option.ts"
import { Output } from "./output.ts"
import { simulatedNotice } from "./crawl-summary.ts"

/** What `simnet --ready-json` prints when it is ready, for programs that start it. */
export const SimnetReady = Schema.Struct({
  type: Schema.Literal("simnet ready"),
  scenario: Schema.String,
  chain: Schema.String,
  socks: Schema.String,
  dns: Schema.String,
  seeds: Schema.Array(Schema.String),
  servers: Schema.Int,
  endpoints: Schema.Int
})
export type SimnetReady = typeof SimnetReady.Type

const port = (name: string, description: string) =>
  Flag.filter(integer(name, description), (value) => value >= 0 && value <= 65535, (value) => `a port from 0 (any free one) to 65535, not ${value}`)
    .pipe(Flag.withMetavar("PORT"), Flag.withDefault(0))

const readyOf = (simnet: RunningSimnet): SimnetReady => ({
  type: "simnet ready",
  scenario: simnet.scenario,
  chain: simnet.chain,
  socks: `socks5://127.0.0.1:${simnet.socksPort}`,
  dns: `127.0.0.1:${simnet.dnsPort}`,
  seeds: simnet.seeds,
  servers: simnet.servers,
  endpoints: simnet.endpoints
})

const howTo = (ready: SimnetReady, vantages: ReadonlyArray<string>, command: string): string => {
  const seeds = ready.seeds.map((seed) => `--seed ${seed}`).join(" ")
  const way = `--network ${ready.chain} --proxy ${ready.socks} --tor ${ready.socks} --resolver ${ready.dns}`
  return [
    simulatedNotice(ready.chain),
    "",
    `Scenario ${ready.scenario}: ${ready.servers} servers with ${ready.endpoints} endpoints, on 127.0.0.1 only.`,
    `  SOCKS5  ${ready.socks}`,
    `  DNS     ${ready.dns}`,
    "",
    "Crawl it from another terminal:",
    `  ${command} crawl ${way} ${seeds} --rate 100`,
    "Look at one server:",
    `  ${command} visit ${ready.seeds[0]} ${way}`,
    ...(vantages.length === 0
      ? []
      : [`Look from elsewhere: --proxy ${ready.socks.replace("//", `//${vantages[0]}:x@`)} (${[...vantages, "exit"].join(", ")})`]),
    "",
    "Ctrl-C stops it.",
    ""
  ].join("\n")
}

/** Resolves when standard input ends: a child of a process that is gone must not linger. */
const stdinEnds = Effect.callback<void>((resume) => {
  process.stdin.on("end", () => resume(Effect.void)).on("error", () => resume(Effect.void)).resume()
})

export const simnetCommand = Command.make("simnet", {
  ...scenarioFlags,
  socks: port("socks", "Port of the SOCKS5 front; 0 takes a free one."),
  dns: port("dns", "Port of the DNS responder; 0 takes a free one."),
  truth: nullable(text("truth", "Write the truth about every server to this file, as JSON lines.").pipe(Flag.withMetavar("FILE"))),
  geo: nullable(text("geo", "Write where the simulated addresses are and whose to this file: CSV with network, country, city, latitude, longitude, asn, org.").pipe(Flag.withMetavar("FILE"))),
  ca: nullable(text("ca", "Write the certificate of the simulated authority to this file, as PEM.").pipe(Flag.withMetavar("FILE"))),
  publicSuffixes: nullable(text("public-suffixes", "Write the domains under which strangers have names to this file, in the form of the Public Suffix List.").pipe(Flag.withMetavar("FILE"))),
  log: nullable(text("log", "Write what servers are asked to this file, as JSON lines: time, server, session, method, script hashes.").pipe(Flag.withMetavar("FILE"))),
  servers: nullable(positiveInteger("servers", "Let the scenario's fleets grow or shrink to so many servers in all.").pipe(Flag.withMetavar("N"))),
  schema: toggle("schema", "Print the JSON Schema of scenario files and stop.", false),
  list: toggle("list", "List the shipped scenarios and stop.", false),
  traits: toggle("traits", "List the behaviours a scenario can give a server and stop.", false),
  timeScale: Flag.filter(
    number("time-scale", "Simulated seconds per real one for what is slow: blocks, restarts, outages. Delays on the wire stay real."),
    (value) => value > 0 && value <= 1_000_000,
    (value) => `a number above 0 up to 1000000, not ${value}`
  ).pipe(Flag.withMetavar("X"), Flag.withDefault(1)),
  readyJson: toggle("ready-json", "Print one JSON line when ready, and stop when standard input ends (for programs).", false)
}, Effect.fn("simnet")(function*(input) {
  const output = yield* Output
  if (input.schema) return yield* output.stdout(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`)
  if (input.list) {
    const scenarios = yield* listScenarios()
    return yield* output.stdout(scenarios.map((s) => `${s.name.padEnd(20)} ${s.title}\n`).join(""))
  }
  if (input.traits) {
    return yield* output.stdout(
      Object.entries(traits).map(([name, trait]) => `${name.padEnd(30)} ${trait.title}\n`).join("")
    )
  }
  const simnet = yield* startSimnet({
    scenario: input.scenario,
    socksPort: input.socks,
    dnsPort: input.dns,
    truthFile: input.truth,
    geoFile: input.geo,
    caFile: input.ca,
    publicSuffixFile: input.publicSuffixes,
    logFile: input.log,
    servers: input.servers,
    randomSeed: input.randomSeed,
    timeScale: input.timeScale
  })
  const ready = readyOf(simnet)
  yield* output.stdout(input.readyJson ? `${JSON.stringify(ready)}\n` : howTo(ready, simnet.vantages, output.command))
  yield* input.readyJson ? stdinEnds : Effect.never
}, Effect.scoped)).pipe(
  Command.withDescription("A simulated Electrum network in the foreground: loopback servers behind a SOCKS5 front and a DNS responder."),
  Command.withExamples([
    { command: "observatory simnet --scenario mainnet-2025-12 --socks 9999", description: "Simulate, then crawl through port 9999" }
  ])
)

/** Decodes the ready line. */
export const decodeReady = (line: string): Option.Option<SimnetReady> =>
  Schema.decodeOption(Schema.fromJsonString(SimnetReady))(line)
