import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"

/** Opens a database, uses a connection to it, and closes both. */
const withConnection = async <A>(
  path: string,
  use: (connection: DuckDBConnection) => Promise<A>,
  options: Readonly<Record<string, string>> = {}
): Promise<A> => {
  const instance = await DuckDBInstance.create(path, options)
  try {
    const connection = await instance.connect()
    try {
      return await use(connection)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

const rowsOf = (sql: string) => async (connection: DuckDBConnection): Promise<Array<Record<string, unknown>>> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJson()

/** Rows of a database file that nobody writes to, as plain JSON values. */
export const queryFile = (path: string, sql: string): Promise<Array<Record<string, unknown>>> =>
  withConnection(path, rowsOf(sql), { access_mode: "READ_ONLY" })

/** Changes a database file that nobody holds. */
export const changeFile = (path: string, sql: string): Promise<void> =>
  withConnection(path, async (connection) => {
    await connection.run(sql)
  })

/** Rows of a query on a database of its own, which has no tables: for files that DuckDB reads. */
export const queryMemory = (sql: string): Promise<Array<Record<string, unknown>>> => withConnection(":memory:", rowsOf(sql))
