import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify, stripVTControlCharacters } from "node:util"
import { afterAll, describe, expect, it } from "vitest"
import { runCli, says, startCli } from "../support/cli.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-usage-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const commands = [
  "crawl", "visit", "watch", "probe", "enrich", "analyze", "evaluate", "exposure", "report", "export", "verify", "audit", "archive", "merge",
  "diff", "query", "serve", "note", "history", "dictionary", "simnet", "demo"
]

describe("the command line", () => {
  it("starts from the sources of a checkout too, and says the same", async () => {
    const sources = fileURLToPath(new URL("../../src/main.ts", import.meta.url))
    const { stderr, stdout } = await promisify(execFile)(process.execPath, [sources, "crawl", "--help"], { env: { PATH: process.env["PATH"] } })
    expect({ stderr, stdout }).toMatchObject({ stdout: (await runCli(["crawl", "--help"])).stdout, stderr: "" })
    expect(stdout).toContain("--network")
  })

  it("lists every command, and every command's help names its flags with their environment twins", async () => {
    const top = await runCli(["--help"])
    expect(top.code).toBe(0)
    for (const command of commands) expect(top.stdout).toMatch(new RegExp(`^ +${command} +\\S`, "m"))
    const check = async (command: string): Promise<void> => {
      const help = await runCli([command, "--help"])
      expect(help.code, command).toBe(0)
      expect(help.stdout).toMatch(/USAGE\n +observatory/)
      if (command !== "demo") expect(help.stdout).toMatch(/--[a-z-]+ .*\[OBSERVATORY_[A-Z_]+\]/)
    }
    // As many processes as there are commands, two at a time.
    for (let i = 0; i < commands.length; i += 2) await Promise.all(commands.slice(i, i + 2).map(check))
  }, 240_000)

  it("answers a wrong flag and a wrong command with the right one, and exit code 2", async () => {
    const flag = await runCli(["crawl", "--concurency", "3"])
    expect([flag.code, flag.stderr]).toEqual([2, expect.stringContaining("--concurrency")])
    const command = await runCli(["crwal"])
    expect([command.code, command.stderr]).toEqual([2, expect.stringContaining("crawl")])
    const network = await runCli(["crawl", "--network", "mainet"])
    expect([network.code, network.stderr]).toEqual([2, expect.stringContaining("mainnet")])
  })

  it("takes the flag over the environment, the environment over the config file, the file over the default", async () => {
    const config = join(folder, "config.json")
    writeFileSync(config, JSON.stringify({ network: "from-file", concurrency: 5, seed: ["a.example.org:1:s"] }))
    const chosen = async (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
      /Unknown network ([a-z-]+)\./.exec((await runCli(["crawl", ...args], { env })).stderr)?.[1]
    expect(await chosen(["--config", config])).toBe("from-file")
    expect(await chosen([], { OBSERVATORY_CONFIG: config })).toBe("from-file")
    expect(await chosen(["--config", config], { OBSERVATORY_NETWORK: "from-environment" })).toBe("from-environment")
    expect(await chosen(["--config", config, "--network", "from-flag"], { OBSERVATORY_NETWORK: "from-environment" })).toBe("from-flag")
  })

  it("says which variable of the environment it does not know, and which was probably meant, whoever's command that is", async () => {
    const env = { OBSERVATORY_CONCURENCY: "3", OBSERVATORY_QWERTZUIOP: "1", OBSERVATORY_SCENARIO: "dual", OBSERVATORY_LOG_LEVEL: "Info", OBSERVATORY_VISIT_FORMAT: "json" }
    const { code, stderr, stdout } = await runCli(["query", "--format", "json"], { env })
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "observatory: OBSERVATORY_CONCURENCY is no variable of this program and has no effect; did you mean OBSERVATORY_CONCURRENCY?\n" +
        "observatory: OBSERVATORY_QWERTZUIOP is no variable of this program and has no effect\n"
    })
    expect(JSON.parse(stdout)).toBeInstanceOf(Array)
  })

  it("takes the log level from the environment and the config file too, and says which levels there are", async () => {
    const config = join(folder, "log-level.json")
    writeFileSync(config, JSON.stringify({ "log-level": "Debug" }))
    expect(await runCli(["query", "--config", config])).toMatchObject({ code: 0 })
    writeFileSync(config, JSON.stringify({ "log-level": "loud" }))
    for (const run of [runCli(["query", "--config", config]), runCli(["query"], { env: { OBSERVATORY_LOG_LEVEL: "loud" } })]) {
      expect(await run).toMatchObject({ code: 2, stderr: expect.stringMatching(/^observatory: OBSERVATORY_LOG_LEVEL: .*Debug/) })
    }
  })

  it("writes what happens in a long run as log lines, logfmt or JSON", async () => {
    const log = async (name: string, env: Record<string, string>) => {
      const { child, result } = await startCli([
        "watch", "--network", "mainnet-sim", "--db", join(folder, `${name}.duckdb`), "--allow-private", "--seed", "127.0.0.1:1:s",
        "--fingerprint", "off", "--asn", "off", "--no-ptr"
      ], { env })
      await says(child, "Crawl 1:")
      child.kill("SIGINT")
      return (await result).stderr.trimEnd().split("\n")
    }
    const [logfmt, json] = await Promise.all([log("logfmt", {}), log("json", { OBSERVATORY_LOG_FORMAT: "json" })])
    for (const line of logfmt) expect(line).toMatch(/^timestamp=\S+ level=INFO fiber=\S+ message="/)
    const said = json.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(said.map(({ message }) => message)).toContain("Watching mainnet-sim from default: run 1, 0 servers known.")
    for (const { level, timestamp } of said) expect([level, Number.isNaN(Date.parse(String(timestamp)))]).toEqual(["INFO", false])
    expect(await runCli(["query"], { env: { OBSERVATORY_LOG_FORMAT: "yaml" } })).toMatchObject({ code: 2 })
  })

  it("refuses a config file that names unknown flags, is no JSON or is not there", async () => {
    const config = join(folder, "wrong.json")
    writeFileSync(config, JSON.stringify({ netwrk: "mainnet" }))
    expect(await runCli(["crawl", "--config", config])).toMatchObject({ code: 2, stderr: expect.stringContaining("netwrk (did you mean network?)") })
    writeFileSync(config, "{")
    expect(await runCli(["crawl", "--config", config])).toMatchObject({ code: 2, stderr: expect.stringContaining(config) })
    expect(await runCli(["crawl", "--config", join(folder, "none.json")])).toMatchObject({ code: 2 })
  })

  it("says which value is wrong, also when it comes from the environment", async () => {
    const wrong = async (args: ReadonlyArray<string>, says: string): Promise<void> =>
      expect(await runCli(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) })
    await Promise.all([
      wrong(["crawl", "--rate", "-1"], "--rate"),
      wrong(["watch", "--revisit-every", "1s", "--db", join(tmpdir(), "never-made.duckdb")], "every quarter of an hour at the soonest"),
      wrong(["crawl", "--max-time", "soon"], "90s, 10m or 2h"),
      wrong(["crawl", "--proxy", "http://127.0.0.1:1"], "socks5://"),
      wrong(["visit", "example.org"], "HOST:PORT:t")
    ])
  })

  it("says in one sentence where a wrong value stands: flag, environment or config file", async () => {
    const config = join(folder, "wrong-values.json")
    writeFileSync(config, JSON.stringify({ sentinels: "abc" }))
    const told = async (args: ReadonlyArray<string>, env: Record<string, string> = {}) => {
      const { code, stderr } = await runCli(args, { env })
      expect(code).toBe(2)
      return stripVTControlCharacters(stderr).replace("ERROR", "").trim()
    }
    expect(await Promise.all([
      told(["watch"], { OBSERVATORY_SENTINELS: "abc" }),
      told(["watch", "--config", config]),
      told(["watch", "--config", config], { OBSERVATORY_SENTINELS: "1.5" }),
      told(["watch", "--sentinels", "abc"], { OBSERVATORY_SENTINELS: "1" }),
      told(["watch"], { OBSERVATORY_REVISIT_EVERY: "soon" }),
      told(["crawl"], { OBSERVATORY_PTR: "maybe" }),
      told(["visit", "example.org:1:s"], { OBSERVATORY_VISIT_FORMAT: "xml", OBSERVATORY_FORMAT: "md" }),
      told(["watch", "--archive", folder, "--drop-older-than", "5h"])
    ])).toEqual([
      'Invalid value for OBSERVATORY_SENTINELS: "abc". Expected a number.',
      `Invalid value for "sentinels" in ${config}: "abc". Expected a number.`,
      'Invalid value for OBSERVATORY_SENTINELS: "1.5". Expected a whole number.',
      'Invalid value for flag --sentinels: "abc". Expected a number.',
      'Invalid value for OBSERVATORY_REVISIT_EVERY: "soon". Expected a duration such as 90s, 10m or 2h.',
      'Invalid value for OBSERVATORY_PTR: "maybe". Expected "true" | "yes" | "on" | "1" | "y" | "false" | "no" | "off" | "0" | "n".',
      'Invalid value for OBSERVATORY_VISIT_FORMAT: "xml". Expected "text" | "json".',
      'Invalid value for flag --drop-older-than: "5h". Expected 96h or more: events are worked out anew from the last days.'
    ])
  })

  it("fails with one sentence and exit code 1 when a crawl cannot run", async () => {
    const db = join(folder, "none.duckdb")
    const noSeed = await runCli(["crawl", "--network", "mainnet-sim", "--db", db])
    expect(noSeed.code).toBe(1)
    expect(noSeed.stderr).toBe("observatory: No usable seed for mainnet-sim: give --seed HOST:PORT:s or --seeds FILE.\n")
    const noCrawl = await runCli(["crawl", "--resume", "--network", "testnet-sim", "--db", db])
    expect([noCrawl.code, noCrawl.stderr]).toEqual([1, "observatory: There is no unfinished crawl of testnet-sim in this database.\n"])
  })

  it("says in one clear sentence that there is no network", async () => {
    // A name server that nobody runs: every name fails, as on a machine without network.
    const run = await runCli([
      "crawl",
      "--network",
      "testnet4",
      "--db",
      join(folder, "offline.duckdb"),
      "--resolver",
      "127.0.0.1:9",
      "--seed",
      "electrum.example.org:50002:s",
      "--rate",
      "0"
    ])
    expect(run.code).toBe(1)
    expect(run.stderr.trim().split("\n").at(-1)).toMatch(/^observatory: Nothing could be resolved or reached \(name server 127\.0\.0\.1:9 unreachable .*no network/)
  })

  it("says that onions need Tor, and not that there is no network, where only they were named", async () => {
    const onion = "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion:50001:t"
    const run = await runCli(["crawl", "--network", "testnet4", "--db", join(folder, "onions.duckdb"), "--tor", "off", "--seed", onion])
    expect(run.code).toBe(1)
    expect(run.stderr.trim().split("\n").at(-1)).toBe("observatory: Nothing could be reached: onions need Tor, and there is none. Start one, or say where it is with --tor.")
  })

  it("writes no colour where NO_COLOR or a pipe says so", async () => {
    const list = await runCli(["simnet", "--list"], { env: { NO_COLOR: "1" } })
    expect(list.code).toBe(0)
    expect(list.stdout).toMatch(/^mainnet-2025-12 +\S/m)
    expect(list.stdout + list.stderr).not.toContain("\u001b")
  })
})
