import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { dirname } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { bundle } from "./bundle.ts"
import { bundleVariable, compiledBeside, emptyBeside } from "./bundle-of-run.ts"

/** Against hanging, not to measure: the machine may be busy with something else. */
const hangingMs = 300_000

const root = fileURLToPath(new URL("../../", import.meta.url))

/** Makes the command line one file, which starts five times as fast as the sources, and says which; as `npm run build` does. */
export const bundleCli = async (): Promise<string> => {
  const file = `${root}node_modules/.cache/observatory-test/${process.pid}/observatory.mjs`
  await bundle({
    entryPoints: {
      observatory: `${root}src/main.ts`,
      "analysis-worker": `${root}src/analysis/analysis-worker.ts`,
      "sql-child": `${root}src/api/sql/sql-child.ts`
    },
    outdir: dirname(file),
    outExtension: { ".js": ".mjs" }
  })
  execFileSync(process.execPath, [`${root}src/make-empty-database.ts`, emptyBeside(file)])
  return file
}

let bundled: Promise<string> | undefined

/** That file: made once per run of the tests, or by whoever asks outside of one. */
export const cliBundle = (): Promise<string> => bundled ??= Promise.resolve(process.env[bundleVariable] ?? bundleCli())

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCli {
  readonly child: ChildProcess
  readonly result: Promise<CliResult>
}

/** What lets a program believe that it is so many milliseconds later than it is; timeouts pass as always. */
const laterBy = (ms: number): Record<string, string> =>
  ms === 0 ? {} : { NODE_OPTIONS: `--import=${pathToFileURL(`${root}test/support/later.mjs`).href}`, TESTED_LATER_MS: String(ms) }

/** Starts `observatory ARGS` with a clean environment that forbids every address but loopback. */
export const startCli = async (
  args: ReadonlyArray<string>,
  options: { readonly env?: Record<string, string>; readonly cwd?: string; readonly timeoutMs?: number; readonly laterMs?: number } = {}
): Promise<RunningCli> => {
  const file = await cliBundle()
  const child = spawn(process.execPath, [file, ...args], {
    cwd: options.cwd ?? root,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      OBSERVATORY_LOOPBACK_ONLY: "1",
      // As the launcher does: what V8 made of the file is kept for the next of hundreds of starts.
      NODE_COMPILE_CACHE: compiledBeside(file),
      ...laterBy(options.laterMs ?? 0),
      ...options.env
    },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let stdout = ""
  let stderr = ""
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk))
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk))
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? hangingMs)
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr })
    })
  })
  return { child, result }
}

/** Runs `observatory ARGS` to its end. */
export const runCli = async (...input: Parameters<typeof startCli>): Promise<CliResult> => (await startCli(...input)).result

/** Suspends until a process says so on standard error; one that ends before never does. */
export const says = (child: ChildProcess, words: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ""
    child.stderr!.on("data", (text: string) => {
      said += text
      if (said.includes(words)) resolve()
    })
    child.once("exit", () => reject(new Error(`it ended: ${said}`)))
  })
