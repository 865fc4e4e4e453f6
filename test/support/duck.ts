import { DuckDBInstance } from "@duckdb/node-api"

/** Rows of a database file that nobody writes to, as plain JSON values. */
export const queryFile = async (path: string, sql: string): Promise<Array<Record<string, unknown>>> => {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" })
  try {
    const connection = await instance.connect()
    try {
      return await (await connection.runAndReadAll(sql)).getRowObjectsJson()
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

/** Changes a database file that nobody holds. */
export const changeFile = async (path: string, sql: string): Promise<void> => {
  const instance = await DuckDBInstance.create(path)
  try {
    const connection = await instance.connect()
    try {
      await connection.run(sql)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

/** Rows of a query on a database of its own, which has no tables: for files that DuckDB reads. */
export const queryMemory = async (sql: string): Promise<Array<Record<string, unknown>>> => {
  const instance = await DuckDBInstance.create(":memory:")
  try {
    const connection = await instance.connect()
    try {
      return await (await connection.runAndReadAll(sql)).getRowObjectsJson()
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}
