import { outagesOf } from "../plan/conduct.ts"
import { toldNames } from "../model/server-model.ts"
import { addressesOf } from "../plan/address-facts.ts"
import type { Plan, PlannedServer } from "../plan/plan.ts"
import { endpointsAt } from "../plan/planned-endpoints.ts"
import type { CertificateTruth } from "./certificate-truth.ts"
import { blindSpotOf } from "./blind-spot.ts"
import { type Hostility, hostilityOf } from "./hostility.ts"

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
  /** What its traits and lies are to those who ask; null for none, accidents of a machine or a line among them. */
  readonly hostility: Hostility | null
  /** Why nobody who asks harmlessly and says who he is can see any of that; null where somebody can, and where there is nothing. */
  readonly blind_spot: string | null
  /** Of the address; null for onions, which have none. */
  readonly country: string | null
  readonly asn: number | null
  /** Of the address, where the scenario says. */
  readonly city: string | null
  readonly org: string | null
  /** All that its name resolves to, or itself; none for onions. */
  readonly addresses: ReadonlyArray<string>
  /** What it calls itself. */
  readonly calls_itself: string
  /** Highest protocol it speaks. */
  readonly protocol_max: string
  /** As its operator wrote it, with variables of the software; null: the software's own. */
  readonly banner: string | null
  /** Null: the software's own, or none. */
  readonly donation: string | null
  /** Hosts that its features would claim, where the software can: its own, and those of others. */
  readonly claims: ReadonlyArray<string>
  /** Of the node behind it, BTC per 1,000 virtual bytes. */
  readonly relay_fee: number
  /** Height of that node's best block when the world begins. */
  readonly tip_height: number
  /** Null for TCP, and where nobody asked for it. */
  readonly certificate: CertificateTruth | null
  /** Other software that it is to get, and when, milliseconds since 1970 by this machine; null where time is scaled, which gives observers dates of their own. */
  readonly changes: ReadonlyArray<{ readonly at: number; readonly what: "upgrade" }> | null
}

/** Which certificate a server shows to those who mean a host. */
export type Shown = (server: PlannedServer, host: string) => CertificateTruth | null

const linesOf = (server: PlannedServer, plan: Plan, shown: Shown, beganAt: number | null): ReadonlyArray<TruthLine> => {
  const reason = server.failure ?? server.downAtFirst
  const { model } = server
  return server.names.flatMap((name) =>
    endpointsAt(name).map((endpoint) => ({
      ...endpoint,
      server: server.id,
      operator: server.operator,
      same_backend: model.backend.name,
      machine: server.machine,
      implementation: server.software.family,
      version: server.software.version,
      alive: reason === null,
      reason,
      traits: [...server.traits, ...server.conduct, ...outagesOf(plan.scenario, server)],
      hostility: hostilityOf(server),
      blind_spot: blindSpotOf(server),
      country: name.country,
      asn: name.asn,
      city: name.facts?.city ?? null,
      org: name.facts?.org ?? null,
      addresses: addressesOf(name),
      calls_itself: model.reported.text,
      protocol_max: model.protocolMaximum,
      banner: model.banner,
      donation: model.donation,
      claims: toldNames(model).map(({ host }) => host),
      relay_fee: model.backend.relayFee,
      tip_height: model.backend.tipHeight,
      certificate: endpoint.transport === "tls" ? shown(server, name.host) : null,
      changes: beganAt === null
        ? null
        : server.failure === null ? (server.schedule?.upgrades ?? []).map(({ at }) => ({ at: Math.round(beganAt + at), what: "upgrade" as const })) : []
    }))
  )
}

/**
 * One line per endpoint, ordered by its key; a balanced name has one for each server behind it.
 *
 * @param beganAt when the world begins, milliseconds since 1970; null: not by any observer's clock
 */
export const truthLines = (plan: Plan, shown: Shown = () => null, beganAt: number | null = null): ReadonlyArray<TruthLine> => {
  const key = (line: TruthLine): string => `${line.host} ${line.port} ${line.transport} ${line.server}`
  return plan.servers.flatMap((server) => linesOf(server, plan, shown, beganAt)).toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** The truth file: `truthLines` as JSON lines. */
export const truthText = (plan: Plan, shown?: Shown, beganAt?: number | null): string =>
  truthLines(plan, shown, beganAt)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("")
