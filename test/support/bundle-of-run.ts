import { dirname, join } from "node:path"

/** Where the command line of this run lies, in the environment of its test processes. */
export const bundleVariable = "TESTED_BUNDLE"

/** The empty database beside it, with which a new one begins. */
export const emptyBeside = (bundle: string): string => join(dirname(bundle), "empty.duckdb")

/** What V8 made of it and of the modules of tests. */
export const compiledBeside = (bundle: string): string => join(dirname(bundle), "compiled")
