import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import { writeFixedScenario } from "../support/small-scenario.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const folder = realpathSync(mkdtempSync(join(tmpdir(), "observatory-package-")))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly [key: string]: unknown }>>
}

const run = (cwd: string, command: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    // The Node that runs the tests: users of the package bring their own.
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}` }
  })

/** Packs a copy, so that no `dist/` appears in the checkout while other tests run its sources. */
const pack = (): string => {
  const copy = join(folder, "copy")
  mkdirSync(copy)
  for (const name of ["package.json", "README.md", "LICENSE", "src", "queries", "web", "tsconfig.json", "CITATION.cff"]) {
    cpSync(join(root, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
  return join(copy, run(copy, "npm", "pack", "--silent").trim().split("\n").at(-1)!)
}

/** A project that depends on the tarball; what it needs comes from npm's cache, which `npm ci` has filled. */
const install = (tarball: string): string => {
  const target = join(folder, "target")
  mkdirSync(target)
  cpSync(tarball, join(target, "observatory.tgz"))
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock
  const root_ = { name: "target", version: "1.0.0", dependencies: { "electrum-observatory": "file:observatory.tgz" } }
  const packages = {
    "": root_,
    ...Object.fromEntries(Object.entries(lock.packages).filter(([path, p]) => path !== "" && p.dev !== true)),
    "node_modules/electrum-observatory": {
      version: manifest["version"],
      resolved: "file:observatory.tgz",
      dependencies: manifest["dependencies"],
      bin: manifest["bin"],
      engines: manifest["engines"]
    }
  }
  writeFileSync(join(target, "package.json"), JSON.stringify(root_))
  writeFileSync(join(target, "package-lock.json"), JSON.stringify({ name: "target", version: "1.0.0", lockfileVersion: 3, requires: true, packages }))
  run(target, "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund")
  return target
}

describe("the package", () => {
  it("packs, installs from its tarball, and runs from there: bundle, migrations, scenarios and queries included", () => {
    const tarball = pack()
    const files = run(folder, "tar", "-tzf", tarball).split("\n")
    expect(files).toContain("package/dist/observatory.js")
    expect(files).toContain("package/dist/empty.duckdb")
    // The report has the colours of the viewer.
    expect(files.filter((f) => /^package\/(test|web|\.ci)\//.test(f))).toEqual(["package/web/src/style/tokens.css"])
    const bin = join(install(tarball), "node_modules", ".bin", "observatory")
    const observatory = (...args: ReadonlyArray<string>) => run(folder, bin, ...args)
    expect(observatory("--version")).toMatch(/^observatory v[0-9]+\.[0-9]+\.[0-9]+\n$/)
    const db = join(folder, "installed.duckdb")
    expect(observatory("simnet", "--list")).toMatch(/^mainnet-2025-12 /m)
    const summary = observatory("demo", "--db", db, "--scenario", writeFixedScenario(folder, 12), "--progress", "off")
    expect(summary).toMatch(/^Crawl 1 of mainnet-sim complete/m)
    expect(JSON.parse(observatory("query", "software", "--db", db, "--format", "json")).length).toBe(2)
    expect(observatory("report", "--db", db, "--out", join(folder, "report"), "--no-power").split("\n")).toContain(join(folder, "report", "report.html"))
    // Large crawls are analysed in a thread, which has a bundle of its own and tells what it found before the tables of pairs.
    const worker = join(folder, "target", "node_modules", "electrum-observatory", "dist", "analysis-worker.js")
    const options = { randomSeed: 1, publicSuffixes: [], simulated: false }
    const script = `const { Worker } = require("node:worker_threads")
      new Worker(${JSON.stringify(worker)}, { workerData: { kind: "judge", work: { crawlId: 1, servers: [], options: ${JSON.stringify(options)} } } })
        .once("message", ({ findings }) => console.log(findings.servers, findings.clusters.length))`
    expect(run(folder, process.execPath, "-e", script)).toBe("0 0\n")
    // Against hanging: it is mostly npm's work, and the machine may be busy with something else.
  }, 600_000)
})
