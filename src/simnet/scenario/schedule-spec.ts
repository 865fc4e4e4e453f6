import { Schema } from "effect"
import { Failure } from "../model/failure.ts"
import { Country, Label, optional, Probability, SoftwareText } from "./fields.ts"

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Time of the simulated world as text: `90s`, `10m`, `6h`, `2.5d`. */
const WorldTime = Schema.String.check(Schema.isPattern(/^[0-9]{1,6}(\.[0-9]{1,3})?[smhd]$/, { expected: "a time such as 90s, 10m, 6h or 2.5d" })).annotate({
  description: "Simulated time such as 90s, 10m, 6h or 2.5d."
})

/** A stretch of such time; shorter ones than a second would leave the world no time for anything else. */
const WorldDuration = WorldTime.check(
  Schema.makeFilter((text) => worldMs(text) >= 1000 || `${text} is shorter than a second`)
)

/** Milliseconds of a text that `WorldTime` accepts. */
export const worldMs = (text: string): number => Number(text.slice(0, -1)) * units[text.at(-1) as keyof typeof units]

const once = {
  at: WorldTime.annotate({ description: "Since the beginning." }),
  within: optional(WorldTime, "Each server does it at a time of its own, up to so long after; all at once by default."),
  share: optional(Probability, "This share of the servers does it; all by default.")
}

/** What happens to a server once, perhaps. */
export interface OnceSpec {
  readonly at: string
  readonly within?: string
  readonly share?: number
}

/** What changes with a server, or with each of a fleet, while the world goes on. */
export const ScheduleSpec = Schema.Struct({
  uptime: Schema.optionalKey(
    Schema.Struct({
      up: WorldDuration.annotate({ description: "On average; each time is drawn (exponential), and the same for servers of one machine." }),
      down: WorldDuration.annotate({ description: "On average." }),
      fails: optional(Failure, "How it cannot be reached meanwhile; refused by default.")
    })
  ),
  restarts: optional(WorldDuration, "The process ends and starts again, after so long on average: connections, caches and what clients used up are gone."),
  upgrades: optional(
    Schema.Array(Schema.Struct({ ...once, software: SoftwareText })),
    "To a later release; servers of a fleet that run another software, or one as late, stay as they are."
  ),
  moves: optional(
    Schema.Array(Schema.Struct(once)),
    "Every address changes to another one of its /16 (IPv4) or /48 (IPv6), and the names follow."
  ),
  renewals: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({ ...once, key: Schema.Literals(["same", "new"]).annotate({ description: "Of the new certificate." }) })
    )
  )
})
export type ScheduleSpec = typeof ScheduleSpec.Type

const span = { at: once.at, for: WorldDuration }

/** Many at once. */
export const OutageSpec = Schema.Struct({
  asn: optional(Schema.Natural, "Servers of this AS number; of all that is given, everything must hold."),
  country: optional(Country, "Servers of this country."),
  machine: optional(Label, "Servers of this machine."),
  ...span,
  fails: optional(Failure, "How they cannot be reached meanwhile; unreachable by default.")
})
export type OutageSpec = typeof OutageSpec.Type

/** The fields of a scenario about what goes wrong for many. */
export const outageFields = {
  outages: optional(Schema.Array(OutageSpec), "Many servers cannot be reached for a while, e.g. a hoster's."),
  our_outages: optional(
    Schema.Array(Schema.Struct(span)),
    "Our own line is down: the SOCKS5 front reaches nothing, names do not resolve."
  )
}
