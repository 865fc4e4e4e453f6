import { type DuckDBConnection, type DuckDBPreparedStatement, DuckDBTypeId, StatementType } from "@duckdb/node-api"
import { Effect } from "effect"
import type { Parameter, QueryOptions, QueryResult } from "./database.ts"
import { native } from "./duckdb.ts"
import { toValue } from "./from-duckdb.ts"
import { StoreError } from "./store-error.ts"

const notAllowed = (message: string): StoreError => new StoreError({ reason: "not allowed", message })

/** The one statement of a text, prepared; only SELECT and what DuckDB counts as such may run. */
export const prepareQuery = async (connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> => {
  // DuckDB has no sentence for a text of nothing but comments and white space.
  if (sql.replace(/--.*|\/\*[\s\S]*?\*\/|[\s;]/g, "") === "") throw notAllowed("The SQL text has no statement.")
  const statements = await connection.extractStatements(sql)
  if (statements.count > 1) {
    throw notAllowed(`Only one statement can be run at a time; this text has ${statements.count}.`)
  }
  const prepared = await statements.prepare(0)
  const { statementType } = prepared
  if (statementType === StatementType.SELECT) return prepared
  prepared.destroySync()
  throw notAllowed(
    `Only queries are allowed (SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW), not ${
      StatementType[statementType] ?? "other statements"
    }.`
  )
}

/** Gives a statement its values; one that is missing is `query failed`. */
export const bindValues = (prepared: DuckDBPreparedStatement, parameters: Readonly<Record<string, Parameter>>): void => {
  for (let index = 1; index <= prepared.parameterCount; index++) {
    const name = prepared.parameterName(index)
    const value = parameters[name]
    if (value === undefined) throw new StoreError({ reason: "query failed", message: `Parameter $${name} has no value.` })
    if (value === null) prepared.bindNull(index)
    else if (typeof value === "string") prepared.bindVarchar(index, value)
    else if (typeof value === "boolean") prepared.bindBoolean(index, value)
    else if (typeof value === "bigint") prepared.bindBigInt(index, value)
    else if (Number.isSafeInteger(value)) prepared.bindBigInt(index, BigInt(value))
    else prepared.bindDouble(index, value)
  }
}

const read = async (
  connection: DuckDBConnection,
  sql: string,
  parameters: Readonly<Record<string, Parameter>>,
  maxRows: number
): Promise<QueryResult> => {
  const prepared = await prepareQuery(connection, sql)
  try {
    bindValues(prepared, parameters)
    const reader = await prepared.streamAndRead()
    if (maxRows === Number.POSITIVE_INFINITY) await reader.readAll()
    else await reader.readUntil(maxRows + 1)
    const names = reader.deduplicatedColumnNames()
    const rows = reader.convertRowObjects(toValue)
    return {
      columns: names.map((name, i) => ({ name, type: reader.columnType(i).toString() })),
      rows: rows.length > maxRows ? rows.slice(0, maxRows) : rows,
      truncated: rows.length > maxRows
    }
  } finally {
    prepared.destroySync()
  }
}

/** The columns of a query, without an object for each row. */
export const readNumbers = async (
  connection: DuckDBConnection,
  sql: string,
  parameters: Readonly<Record<string, Parameter>>
): Promise<ReadonlyArray<Float64Array>> => {
  const prepared = await prepareQuery(connection, sql)
  try {
    bindValues(prepared, parameters)
    const result = await prepared.stream()
    const other = result.columnTypes().find(({ typeId }) => typeId !== DuckDBTypeId.INTEGER && typeId !== DuckDBTypeId.DOUBLE)
    if (other !== undefined) throw new StoreError({ reason: "query failed", message: `A column of type ${other} is not read as numbers.` })
    let columns = result.columnTypes().map(() => new Float64Array(2048))
    let rows = 0
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      if (rows + chunk.rowCount > (columns[0]?.length ?? 0)) {
        columns = columns.map((column) => {
          const more = new Float64Array(2 * (rows + chunk!.rowCount))
          more.set(column)
          return more
        })
      }
      for (const [c, column] of columns.entries()) {
        const vector = chunk.getColumnVector(c)
        for (let i = 0; i < chunk.rowCount; i++) column[rows + i] = (vector.getItem(i) as number | null) ?? Number.NaN
      }
      rows += chunk.rowCount
    }
    return columns.map((column) => column.slice(0, rows))
  } finally {
    prepared.destroySync()
  }
}

/**
 * Runs one query of any origin and reads its rows, within limits. The
 * connection must be one of `openReadOnly`: the checks here only give better
 * sentences for what DuckDB would refuse, and refuse what it would let pass
 * (temporary tables, CALL).
 */
export const runReadOnly = (
  connection: DuckDBConnection,
  sql: string,
  parameters: Readonly<Record<string, Parameter>> = {},
  options: QueryOptions = {}
): Effect.Effect<QueryResult, StoreError> => {
  const { maxRows = Number.POSITIVE_INFINITY, timeoutMs } = options
  const result = native(connection, "query failed", "The query failed", () => read(connection, sql, parameters, maxRows))
  return timeoutMs === undefined ? result : Effect.timeoutOrElse(result, {
    duration: timeoutMs,
    orElse: () =>
      Effect.fail(new StoreError({ reason: "timeout", message: `The query took longer than ${timeoutMs / 1000} s.` }))
  })
}
