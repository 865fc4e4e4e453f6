import { Result, Schema } from "effect"
import { AnalysisError } from "../analysis-error.ts"

/** Of an endpoint, what those who made or know the network say; the fields of a truth file that an evaluation needs. */
export const TruthEndpoint = Schema.Struct({
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.Literals(["tcp", "tls"]),
  /** One running service; several lines of one endpoint with different servers: a balanced name. */
  server: Schema.String,
  operator: Schema.String,
  /** Servers with the same text ask one node. */
  same_backend: Schema.String,
  machine: Schema.String,
  /** Null: it does what its software does. */
  hostility: Schema.NullOr(Schema.Literals(["deceives", "attacks", "broken"])),
  /** Why nobody who asks harmlessly can see any of that; null or missing where somebody can. */
  blind_spot: Schema.optionalKey(Schema.NullOr(Schema.String)),
  /** What it does apart from serving, in the words of who made it. */
  traits: Schema.Array(Schema.String),
  /** What was done to the server and when (milliseconds since 1970, by the observer's clock), e.g. `upgrade`; missing or null where nobody wrote it down. */
  changes: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Struct({ at: Schema.Finite, what: Schema.String }))))
})
export type TruthEndpoint = typeof TruthEndpoint.Type

const decodeLine = Schema.decodeUnknownResult(Schema.fromJsonString(TruthEndpoint))

/** A truth file, one JSON object a line; what it holds beside these fields is passed over. Fails with `bad truth`, naming the line. */
export const parseTruth = (text: string): Result.Result<ReadonlyArray<TruthEndpoint>, AnalysisError> => {
  const endpoints: Array<TruthEndpoint> = []
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue
    const decoded = decodeLine(line)
    if (Result.isFailure(decoded)) {
      return Result.fail(new AnalysisError({
        reason: "bad truth",
        message: `Line ${i + 1} of the truth file is none: ${String(decoded.failure.message).split("\n")[0]}`
      }))
    }
    endpoints.push(decoded.success)
  }
  if (endpoints.length === 0) return Result.fail(new AnalysisError({ reason: "bad truth", message: "The truth file has no lines." }))
  return Result.succeed(endpoints)
}
