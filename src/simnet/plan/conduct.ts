import type { Failure } from "../model/failure.ts"
import type { LieCondition, LieSpec } from "../scenario/lie-spec.ts"
import type { Scenario } from "../scenario/scenario.ts"
import { type OutageSpec, worldMs } from "../scenario/schedule-spec.ts"
import type { ServerSpec } from "../scenario/server-spec.ts"
import type { PlannedSchedule } from "./plan-schedule.ts"

/** Hours since the world began, or of a stretch of time; a thousandth is under four seconds. */
const hours = (ms: number): string => `${Number((ms / 3_600_000).toFixed(3))}h`

const percent = (share: number): string => `${Number((100 * share).toFixed(1))}%`

const lieText = (lie: LieSpec): string => {
  switch (lie.lie) {
    case "hides history":
      return `hides history of ${lie.script}`
    case "hides newest":
      return `hides newest ${lie.transactions ?? 1} of ${lie.script}`
    case "stale tip":
      return `stale tip by ${lie.blocks}`
    case "wrong fee":
      return `wrong fee by factor ${lie.factor}`
    case "slow":
      return `slow by ${lie.ms} ms`
    case "silent":
    case "busy":
      return `${lie.lie} at ${lie.methods.join(" ")}`
    default:
      return lie.lie
  }
}

/** To whom and when; empty: to everybody, always. */
const conditionText = (to: LieCondition | undefined): string =>
  [
    to?.clients === undefined ? [] : [` to ${percent(to.clients)} of clients`],
    to?.client_name === undefined ? [] : [` to clients named ${to.client_name}…`],
    to?.padded === undefined ? [] : [` to clients that ${to.padded ? "pad" : "do not pad"} their requests`],
    to?.tor === undefined ? [] : [to.tor ? " through Tor" : " not through Tor"],
    to?.network === undefined ? [] : [` on ${to.network} names`],
    to?.sessions === undefined ? [] : [` in ${percent(to.sessions)} of sessions`],
    to?.after_requests === undefined ? [] : [` after ${to.after_requests} requests`]
  ]
    .flat()
    .join("")

const changesOf = ({ uptime, restarts, upgrades, moves, renewals }: PlannedSchedule): ReadonlyArray<string> => [
  ...(uptime === null ? [] : [`down at times: up ${hours(uptime.up)}, down ${hours(uptime.down)} on average`]),
  ...(restarts === null ? [] : [`restarts every ${hours(restarts)} on average`]),
  ...upgrades.map(({ at, software }) => `upgrades to ${software.text} at ${hours(at)}`),
  ...moves.map(({ at }) => `moves at ${hours(at)}`),
  ...renewals.map(({ at, key }) => `renews its certificate with ${key === "same" ? "the same" : "a new"} key at ${hours(at)}`)
]

/**
 * What the truth says of a server beside its traits: the software that it claims
 * to be and is not, whom it relays or copies, its lies with their conditions, and what changes with it.
 */
export const conductOf = (
  spec: Pick<ServerSpec, "software" | "reports" | "relays" | "copies" | "lies">,
  schedule: PlannedSchedule | null
): ReadonlyArray<string> => [
  ...(spec.reports === undefined || spec.reports === spec.software ? [] : [`reports ${spec.reports}`]),
  ...(["relays", "copies"] as const).flatMap((key) => (spec[key] === undefined ? [] : [`${key} ${spec[key]}`])),
  ...new Set(spec.lies?.flatMap((lie) => ("innocent" in lie ? [] : [lieText(lie) + conditionText(lie.to)]))),
  ...(schedule === null ? [] : changesOf(schedule))
]

/** A server, as far as outages ask. */
interface Placed {
  readonly asn: number | null
  readonly country: string | null
  readonly machine: string
  readonly failure: Failure | null
}

/** Whether an outage is about that server. */
export const isHit = ({ asn, country, machine }: OutageSpec, server: Omit<Placed, "failure">): boolean =>
  (asn === undefined || server.asn === asn) &&
  (country === undefined || server.country === country) &&
  (machine === undefined || server.machine === machine)

/** When outages take a server away, for the truth. */
export const outagesOf = (scenario: Pick<Scenario, "outages">, server: Placed): ReadonlyArray<string> =>
  server.failure !== null
    ? []
    : (scenario.outages ?? []).flatMap((outage) =>
        isHit(outage, server)
          ? [`${outage.fails ?? "unreachable"} from ${hours(worldMs(outage.at))} for ${hours(worldMs(outage.for))}`]
          : []
      )
