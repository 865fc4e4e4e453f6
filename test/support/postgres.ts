import { execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { freePort } from "./free-ports.ts"

const versions = "/usr/lib/postgresql"

/** Where Debian's Postgres is; null without it. */
const binaries = (): string | null => {
  const newest = existsSync(versions) ? readdirSync(versions).filter((name) => existsSync(`${versions}/${name}/bin/initdb`)).toSorted((a, b) => Number(b) - Number(a))[0] : undefined
  return newest === undefined ? null : `${versions}/${newest}/bin`
}

/** Whether Debian's Postgres is here; says so when not. */
export const postgresInstalled = (): boolean => {
  if (binaries() !== null) return true
  console.warn("Skipped: there is no Postgres. On Debian: apt-get install --no-install-recommends postgresql")
  return false
}

/** It refuses to run as root. */
const owner = (): { readonly uid: number; readonly gid: number } | null => {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

export interface RunningPostgres {
  /** postgres://… of a database that is empty. */
  readonly url: string
  readonly rows: <A>(sql: string) => Promise<ReadonlyArray<A>>
  /** The same of another database of the server. */
  readonly rowsOf: <A>(database: string, sql: string) => Promise<ReadonlyArray<A>>
  readonly port: number
  /** Ends the server and keeps its data; `start` begins it again at the same port. */
  readonly halt: () => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A Postgres of the test's own, on loopback, under its own user. */
export const startPostgres = async (): Promise<RunningPostgres> => {
  const bin = binaries()!
  const user = owner()
  const as = user ?? {}
  const folder = mkdtempSync(join(tmpdir(), "observatory-postgres-"))
  if (user !== null) chownSync(folder, user.uid, user.gid)
  const data = join(folder, "data")
  execFileSync(`${bin}/initdb`, ["-D", data, "-U", "observatory", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"], { ...as, stdio: "ignore", cwd: folder })
  const port = await freePort()
  const urlOf = (database: string) => `postgres://observatory@127.0.0.1:${port}/${database}`
  const rowsOf = <A>(database: string, sql: string): Promise<ReadonlyArray<A>> =>
    Effect.runPromise(Effect.scoped(Effect.flatMap(PgClient.PgClient, (client) => client.unsafe(sql)).pipe(
      Effect.provide(PgClient.layer({ url: Redacted.make(urlOf(database)) }))
    ))) as unknown as Promise<ReadonlyArray<A>>
  const rows = <A>(sql: string) => rowsOf<A>("postgres", sql)
  let halt = async () => {}
  const start = async () => {
    const child = spawn(`${bin}/postgres`, ["-D", data, "-c", "listen_addresses=127.0.0.1", "-c", `port=${port}`, "-c", `unix_socket_directories=${folder}`, "-c", "fsync=off"], { ...as, stdio: "ignore", cwd: folder })
    const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()))
    halt = async () => {
      child.kill("SIGINT")
      await ended
    }
    for (let tries = 0; ; tries++) {
      try {
        await rows("SELECT 1")
        return
      } catch (cause) {
        if (tries >= 100) throw cause
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }
  const stop = async () => {
    await halt()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (cause) {
    await stop()
    throw cause
  }
  return { url: urlOf("postgres"), port, rows, rowsOf, start, halt: () => halt(), stop }
}
