import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runCli } from "./cli.ts"
import { writeLiarsScenario } from "./liars-scenario.ts"

/** Crawls and analyses the scenario of liars, deep visits included. */
export const liarsCrawl = async (): Promise<{ readonly folder: string; readonly db: string }> => {
  const folder = mkdtempSync(join(tmpdir(), "observatory-liars-"))
  const db = join(folder, "liars.duckdb")
  const { code, stderr } = await runCli(["demo", "--db", db, "--scenario", writeLiarsScenario(folder), "--progress", "off"], { timeoutMs: 180_000 })
  if (code !== 0) throw new Error(`demo ended with ${code}: ${stderr}`)
  return { folder, db }
}
