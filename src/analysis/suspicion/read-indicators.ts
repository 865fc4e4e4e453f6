import { Effect, FileSystem, Schema } from "effect"
import { AnalysisError } from "../analysis-error.ts"
import { IndicatorTable } from "./indicator-table.ts"

const decodeTable = Schema.decodeUnknownEffect(Schema.fromJsonString(IndicatorTable))

/** The table of `--indicators FILE`. Fails with reason `bad indicators`, naming every wrong field. */
export const readIndicators = Effect.fn("readIndicators")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const bad = (what: string) => (error: { readonly message: string }) =>
    new AnalysisError({ reason: "bad indicators", message: `${path} ${what}: ${error.message}` })
  const text = yield* fs.readFileString(path).pipe(Effect.mapError(bad("cannot be read")))
  return yield* decodeTable(text, { errors: "all" }).pipe(Effect.mapError(bad("is no table of indicators")))
})
