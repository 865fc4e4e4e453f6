import { DuckDBInstance } from "@duckdb/node-api"
import { measured, serve, type StoringJob } from "./messages.ts"

/**
 * What storing takes by itself: the rows of a crawl, which lie ready in
 * DuckDB's own memory, put into an empty file by DuckDB alone. No row is made,
 * none crosses from JavaScript, nothing is published: a crawl cannot store the same for less.
 */
serve(async ({ commits, from, to, visits }: StoringJob) => {
  const instance = await DuckDBInstance.create(to)
  const connection = await instance.connect()
  try {
    await connection.run(`ATTACH '${from}' AS crawled (READ_ONLY)`)
    const tables = (await connection.runAndReadAll(
      "SELECT table_name, estimated_size FROM duckdb_tables() WHERE database_name = 'crawled' AND estimated_size > 0"
    )).getRowObjectsJson().map((row) => [String(row["table_name"]), Number(row["estimated_size"])] as const)
    for (const [name] of tables) {
      await connection.run(`CREATE TABLE ${name} AS FROM crawled.${name} LIMIT 0`)
      await connection.run(`CREATE TEMP TABLE ready_${name} AS FROM crawled.${name}`)
    }
    return await measured(async () => {
      for (let commit = 0; commit < commits; commit++) {
        await connection.run("BEGIN")
        for (const [name, rows] of tables) {
          const most = Math.ceil(rows / commits)
          await connection.run(`INSERT INTO ${name} FROM ready_${name} LIMIT ${most} OFFSET ${commit * most}`)
        }
        await connection.run("COMMIT")
      }
      await connection.run("CHECKPOINT")
      return visits
    })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
})
