import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import type { QueryRow } from "../atlas/shapes/query.ts"
import { QueryCatalogue } from "../store/query-catalogue.ts"
import { bindParameters, type NamedQuery } from "../store/query-file.ts"
import { type Allowed, ofAll } from "./atlas-handlers.ts"
import { ObservatoryApi } from "./observatory-api.ts"
import { BadRequest, Forbidden, NotFound } from "./problem.ts"
import { SqlRunner } from "./sql/sql-runner.ts"
import type { SqlOutcome } from "./sql/wire.ts"

const rowOf = ({ level, name, parameters, question, sql, title }: NamedQuery): QueryRow => ({
  name,
  title,
  question,
  level,
  parameters: parameters.map(({ about, default: value, name, type }) => ({
    name,
    type,
    default: value === null ? null : String(value),
    meaning: about
  })),
  sql
})

/** The answer is JSON already: it is not read and written once more. */
const response = (outcome: SqlOutcome) => {
  const headers = { "cache-control": "no-store" }
  return outcome.kind === "answer"
    ? HttpServerResponse.text(outcome.answer, { contentType: "application/json", headers })
    : HttpServerResponse.jsonUnsafe({
      message: outcome.kind === "refusal" ? outcome.message : "The query did not run.",
      position: outcome.kind === "refusal" ? outcome.position : null
    }, { status: 422, headers })
}

/** Named queries are run for everybody, on public servers on a copy without what is withheld; SQL of one's own only where it is allowed. */
export const queryHandlers = (allowed: Allowed) =>
  HttpApiBuilder.group(ObservatoryApi, "queries", Effect.fn(function*(handlers) {
    const [catalogue, runner] = [yield* QueryCatalogue, yield* SqlRunner]
    const ifAllowed = allowed.sql
      ? Effect.void
      : Effect.fail(new Forbidden({ message: "This server is public and runs named queries only." }))
    return handlers.handleAll({
      dictionary: () => ofAll((atlas) => atlas.dictionary),
      queries: () => Effect.succeed(catalogue.list.map(rowOf)),
      query: Effect.fn(function*({ params, query }) {
        const about = yield* Effect.mapError(catalogue.find(params.name), (error) => new NotFound({ message: error.message }))
        const parameters = yield* Effect.mapError(bindParameters(about, query), (error) => new BadRequest({ message: error.message }))
        return response(yield* runner.run(about.sql, parameters))
      }),
      sql: Effect.fn(function*({ payload }) {
        yield* ifAllowed
        return response(yield* runner.run(payload.sql, payload.parameters))
      })
    })
  }))
