import type { DuckDBConnection } from "@duckdb/node-api"
import { Clock, Effect, type FileSystem } from "effect"
import { run } from "./duckdb.ts"
import { packageFiles } from "./package-files.ts"
import { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"

/** One step from a schema version to the next. */
export interface Migration {
  /** The version it leads to. */
  readonly version: number
  readonly name: string
  readonly sql: string
}

/** All migrations that ship with the package, ascending, without gaps. */
export const migrations: Effect.Effect<ReadonlyArray<Migration>, StoreError, FileSystem.FileSystem> = Effect.gen(
  function*() {
    const files = yield* packageFiles("src/store/migrations", ".sql")
    return yield* Effect.forEach(files, ({ name, text }, index) => {
      const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(name)
      return match !== null && Number(match[1]) === index + 1
        ? Effect.succeed<Migration>({ version: index + 1, name: match[2]!, sql: text })
        : Effect.fail(new StoreError({ reason: "migration failed", message: `Migration ${name} is out of order.` }))
    })
  }
)

/** Version of a file's schema; 0 for an empty file. */
export const schemaVersion = Effect.fnUntraced(function*(
  connection: DuckDBConnection
): Effect.fn.Return<number, StoreError> {
  const tables = yield* run(
    connection,
    "cannot open",
    "Cannot read the schema",
    "SELECT count(*)::INTEGER AS n FROM duckdb_tables() WHERE table_name = 'schema_version' AND NOT internal"
  )
  if (tables.value(0, 0) === 0) return 0
  const reader = yield* run(
    connection,
    "cannot open",
    "Cannot read the schema version",
    "SELECT coalesce(max(version), 0)::INTEGER AS version FROM schema_version"
  )
  return Number(reader.value(0, 0))
})

/** Refuses files of a newer program, with a sentence. */
export const refuseNewer = (path: string, version: number, known: number): Effect.Effect<void, StoreError> =>
  version <= known
    ? Effect.void
    : Effect.fail(
      new StoreError({
        reason: "newer schema",
        message: `${path} was written by a newer version of this program (schema ${version}, this one knows ${known}): `
          + "update electrum-observatory, or use another --db file."
      })
    )

/**
 * Brings a file to the newest schema, each migration in a transaction of its
 * own together with its row in `schema_version`.
 */
export const migrate = Effect.fn("migrate")(function*(
  connection: DuckDBConnection,
  path: string,
  steps: ReadonlyArray<Migration>
): Effect.fn.Return<void, StoreError> {
  const current = yield* schemaVersion(connection)
  yield* refuseNewer(path, current, steps.length)
  const command = (doing: string, sql: string) => run(connection, "migration failed", doing, sql)
  for (const step of steps.slice(current)) {
    const doing = `Migration ${step.version} (${step.name}) of ${path} failed`
    const applied_at = timestamp(yield* Clock.currentTimeMillis)
    yield* command(doing, "BEGIN")
    yield* command(doing, step.sql).pipe(
      Effect.andThen(run(
        connection,
        "migration failed",
        doing,
        "INSERT INTO schema_version VALUES ($version, $name, $applied_at)",
        { version: step.version, name: step.name, applied_at }
      )),
      Effect.andThen(command(doing, "COMMIT")),
      Effect.onError(() => Effect.ignore(command(doing, "ROLLBACK")))
    )
  }
}, Effect.uninterruptible)
