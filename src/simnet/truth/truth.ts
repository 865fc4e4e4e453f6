import { outagesOf } from "../plan/conduct.ts"
import type { Plan, PlannedServer } from "../plan/plan.ts"
import { endpointsAt } from "../plan/planned-endpoints.ts"

/** What the simulation knows about an endpoint: to compare with what a crawl found, never known to the crawl itself. */
export interface TruthLine {
  readonly host: string
  readonly port: number
  readonly transport: "tcp" | "tls"
  readonly server: string
  readonly operator: string
  /** Servers with the same text ask one node. */
  readonly same_backend: string
  readonly machine: string
  readonly implementation: string
  readonly version: string
  /** When the world begins. */
  readonly alive: boolean
  /** Why it does not answer, null when it does. */
  readonly reason: string | null
  /** Names of traits, lies and to whom, whom it relays or copies, what changes with it and when. */
  readonly traits: ReadonlyArray<string>
  /** Of the address; null for onions, which have none. */
  readonly country: string | null
  readonly asn: number | null
}

const linesOf = (server: PlannedServer, plan: Plan): ReadonlyArray<TruthLine> => {
  const reason = server.failure ?? server.downAtFirst
  return server.names.flatMap((name) =>
    endpointsAt(name).map((endpoint) => ({
      ...endpoint,
      server: server.id,
      operator: server.operator,
      same_backend: server.model.backend.name,
      machine: server.machine,
      implementation: server.software.family,
      version: server.software.version,
      alive: reason === null,
      reason,
      traits: [...server.traits, ...server.conduct, ...outagesOf(plan.scenario, server)],
      country: name.country,
      asn: name.asn
    }))
  )
}

/** One line per endpoint, ordered by its key; a balanced name has one for each server behind it. */
export const truthLines = (plan: Plan): ReadonlyArray<TruthLine> => {
  const key = (line: TruthLine): string => `${line.host} ${line.port} ${line.transport} ${line.server}`
  return plan.servers.flatMap((server) => linesOf(server, plan)).toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** The truth file: `truthLines` as JSON lines. */
export const truthText = (plan: Plan): string =>
  truthLines(plan)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("")
