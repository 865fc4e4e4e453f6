import { Effect, Result, Schema } from "effect"
import type { Parameter } from "./database.ts"
import { StoreError } from "./store-error.ts"

/** Types of a parameter, as a header names them. */
export const ParameterType = Schema.Literals(["text", "integer", "number", "boolean"])
export type ParameterType = typeof ParameterType.Type

/** One `-- parameter: name type = default; meaning` line. */
export interface QueryParameter {
  readonly name: string
  readonly type: ParameterType
  readonly default: Parameter
  readonly about: string
}

const QueryHeader = Schema.Struct({
  title: Schema.NonEmptyString,
  question: Schema.NonEmptyString,
  level: Schema.NonEmptyString,
  caveat: Schema.NullOr(Schema.NonEmptyString)
})

/** A query of `queries/`: SQL with a header that says what it answers and what it counts. */
export interface NamedQuery extends Schema.Schema.Type<typeof QueryHeader> {
  /** Name of its file without the extension. */
  readonly name: string
  readonly parameters: ReadonlyArray<QueryParameter>
  readonly sql: string
}

const readValue = (type: ParameterType, text: string): Parameter | undefined => {
  if (text === "null") return null
  switch (type) {
    case "text":
      return text
    case "integer":
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
    case "number":
      return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined
  }
}

const readParameter = (text: string): QueryParameter | undefined => {
  const match = /^([a-z][a-z0-9_]*) ([a-z]+) = ([^;]+); (.+)$/.exec(text)
  if (match === null || !Schema.is(ParameterType)(match[2])) return undefined
  const value = readValue(match[2], match[3]!)
  return value === undefined ? undefined : { name: match[1]!, type: match[2], default: value, about: match[4]! }
}

/** The `key: value` lines of the comments a text begins with. */
const headerLines = (text: string): ReadonlyArray<readonly [key: string, value: string]> => {
  const lines: Array<readonly [string, string]> = []
  for (const line of text.split(/\r?\n/)) {
    const match = /^--\s*([a-z]+):\s*(.*?)\s*$/.exec(line)
    if (match === null) break
    lines.push([match[1]!, match[2]!])
  }
  return lines
}

/** Whether a text begins with a query header. */
export const hasHeader = (text: string): boolean => headerLines(text).some(([key]) => key === "title")

/** Reads a query file with a header. Fails with `bad query file`. */
export const parseQueryFile = (name: string, text: string): Result.Result<NamedQuery, StoreError> => {
  const bad = (what: string) =>
    Result.fail(new StoreError({ reason: "bad query file", message: `The header of query ${name} is wrong: ${what}` }))
  const lines = headerLines(text)
  const known = ["title", "question", "level", "caveat", "parameter"]
  const stray = lines.find(([key]) => !known.includes(key))
  if (stray !== undefined) return bad(`there is no field ${stray[0]}.`)
  const fields = Object.fromEntries(lines.filter(([key]) => key !== "parameter"))
  const header = Schema.decodeUnknownResult(QueryHeader)({ caveat: null, ...fields })
  if (Result.isFailure(header)) return bad(header.failure.message)
  const parameters: Array<QueryParameter> = []
  for (const [, line] of lines.filter(([key]) => key === "parameter")) {
    const parameter = readParameter(line)
    if (parameter === undefined) return bad(`"${line}" is not of the form "name type = default; meaning".`)
    parameters.push(parameter)
  }
  return Result.succeed({ name, ...header.success, parameters, sql: text })
}

const badParameter = (message: string) => Effect.fail(new StoreError({ reason: "bad parameter", message }))

/** Values for all parameters of a query, from `key=value` texts and the defaults. Fails with `bad parameter`. */
export const bindParameters = Effect.fnUntraced(function*(
  query: Pick<NamedQuery, "name" | "parameters">,
  given: Readonly<Record<string, string>>
): Effect.fn.Return<Record<string, Parameter>, StoreError> {
  const values: Record<string, Parameter> = {}
  for (const { default: value, name } of query.parameters) values[name] = value
  for (const [name, text] of Object.entries(given)) {
    const parameter = query.parameters.find((p) => p.name === name)
    if (parameter === undefined) {
      const names = query.parameters.map((p) => p.name).join(", ")
      return yield* badParameter(
        `Query ${query.name} has no parameter ${name}; it has ${names === "" ? "none" : names}.`
      )
    }
    const value = readValue(parameter.type, text)
    if (value === undefined) {
      return yield* badParameter(`Parameter ${name} of query ${query.name} takes ${article(parameter.type)}, not "${text}".`)
    }
    values[name] = value
  }
  return values
})

const article = (type: ParameterType): string => type === "integer" ? "an integer" : `a ${type}`

/** Values for an SQL text without a header: whole numbers, `true`, `false` and `null` as such, else text. */
export const looseParameters = (given: Readonly<Record<string, string>>): Record<string, Parameter> =>
  Object.fromEntries(
    Object.entries(given).map(([name, text]) => [
      name,
      readValue("integer", text) ?? readValue("boolean", text) ?? (text === "null" ? null : text)
    ])
  )
