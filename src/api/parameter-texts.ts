import { unknowable } from "../atlas/shapes/server-filter.ts"
import { watchedWindows } from "../atlas/shapes/watched-words.ts"
import { mostRows, type ServerQuery } from "./parameters.ts"

interface ParameterText {
  readonly description: string
  /** What OpenAPI says of its form; absent where the schema in the code says it. */
  readonly form?: { readonly [word: string]: unknown }
}

const whole = { type: "integer", minimum: 0 }
const oneNumber = { schema: whole }
/** A list is one parameter with commas between its values. */
const listOf = (items: object) => ({ schema: { type: "array", items }, style: "form", explode: false })
const texts = listOf({ type: "string" })
const numbers = listOf(whole)
const measured = { schema: { type: "number" } }

const pathTexts: { readonly [name: string]: ParameterText } = {
  crawl: { description: "Number of a crawl, or `latest`: the newest finished one.", form: { schema: { oneOf: [whole, { const: "latest" }] } } },
  server: { description: "Number of a server, `serverId`.", form: oneNumber },
  cluster: { description: "Number of a group, `clusterId`.", form: oneNumber },
  a: { description: "Number of one server.", form: oneNumber },
  b: { description: "Number of the other server.", form: oneNumber },
  note: { description: "Number of a note.", form: oneNumber },
  name: { description: "Name of a query, as /queries lists it." }
}

const queryTexts: { readonly [Name in keyof Required<ServerQuery> | "window"]: ParameterText } = {
  window: { description: "How much of the watched time, up to its last look.", form: { schema: { enum: watchedWindows, default: "week" } } },
  search: { description: "Part of a host, address, software or organisation, without regard to case." },
  implementation: { description: "Implementations, with commas between them: any of these.", form: texts },
  country: { description: "Countries as two letters, with commas between them, e.g. `DE,US`: any of these.", form: texts },
  asn: { description: "Numbers of autonomous systems, with commas between them: any of these.", form: numbers },
  networkClass: { description: "Kinds of address (`ipv4`, `ipv6`, `onion`), with commas between them: servers with any of these.", form: texts },
  networkClasses: { description: "Servers with exactly these kinds of address, e.g. `ipv4+onion`; commas between such sets: any of these.", form: texts },
  cloud: { description: "Cloud providers, with commas between them: any of these.", form: texts },
  tls: { description: "TLS versions, with commas between them, e.g. `TLSv1.3`: any of these.", form: texts },
  walletAccepts: { description: "Whether the wallet's TLS rule accepts it; `unknown`: it offers no TLS, or nobody tried." },
  reachable: { description: "Whether it answered; `unknown`: nobody tried." },
  cluster: { description: "Numbers of groups, with commas between them: any of these.", form: numbers },
  community: { description: "Numbers of communities of the announcement graph, with commas between them: any of these.", form: numbers },
  behaviour: { description: "Numbers of groups that behave alike, with commas between them: any of these.", form: numbers },
  scoreMin: { description: "Least suspicion, 0 to 100.", form: measured },
  scoreMax: { description: "Most suspicion, 0 to 100.", form: measured },
  degreeMin: { description: "Named by at least so many servers.", form: oneNumber },
  degreeMax: { description: "Named by at most so many servers.", form: oneNumber },
  namesMin: { description: "Names at least so many servers.", form: oneNumber },
  namesMax: { description: "Names at most so many servers.", form: oneNumber },
  coreMin: { description: "Least core of the announcement graph.", form: oneNumber },
  coreMax: { description: "Highest core of the announcement graph.", form: oneNumber },
  latencyMin: { description: "Least median time of an answer, milliseconds.", form: measured },
  latencyMax: { description: "Longest median time of an answer, milliseconds.", form: measured },
  uptimeMin: { description: "Least share of visits answered, 0 to 1.", form: measured },
  uptimeMax: { description: "Highest share of visits answered, 0 to 1.", form: measured },
  unknown: { description: "Fields of which nothing is known, with commas between them: servers of which that is so for each; with values or bounds of the same field, for those or none.", form: listOf({ enum: unknowable }) },
  sort: { description: "Column to sort by; without it rows are in the order of the crawl." },
  direction: { description: "Order of `sort`; what is not known comes last in either." },
  limit: { description: "Rows at most.", form: { schema: { type: "integer", minimum: 1, maximum: mostRows, default: mostRows } } },
  offset: { description: "Rows to leave out first.", form: { schema: { ...whole, default: 0 } } }
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly description?: string
}

const described = (parameter: Parameter): Parameter => {
  const known: ParameterText | undefined = parameter.in === "path" ? pathTexts[parameter.name] : (queryTexts as typeof pathTexts)[parameter.name]
  return known === undefined ? parameter : { ...parameter, description: known.description, ...known.form }
}

type Paths = { readonly [path: string]: { readonly [method: string]: { readonly parameters?: ReadonlyArray<Parameter> } } }

/** An OpenAPI document with what every parameter means. In an address all are text; the schemas in the code say that, and not what the text stands for. */
export const withParameterTexts = (spec: { readonly [part: string]: unknown }): { readonly [part: string]: unknown } => ({
  ...spec,
  paths: Object.fromEntries(Object.entries(spec["paths"] as Paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries(item).map(([method, operation]) => [
      method,
      operation.parameters === undefined ? operation : { ...operation, parameters: operation.parameters.map(described) }
    ]))
  ]))
})
