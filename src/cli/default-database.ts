/** The file that commands use without `--db`. */
export const defaultDatabase = "observatory.duckdb"

/** What has to be typed after a command to name a database: nothing for the default one. */
export const databaseArgument = (db: string): string => db === defaultDatabase ? "" : ` --db ${db}`
