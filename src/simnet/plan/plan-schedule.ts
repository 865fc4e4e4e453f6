import type { SeededRandom } from "../draw/random.ts"
import type { Failure } from "../model/failure.ts"
import { compareTuples, parseSoftware, type Software, versionNumbers } from "../model/software.ts"
import { type OnceSpec, type ScheduleSpec, worldMs } from "../scenario/schedule-spec.ts"
import type { ServerSpec } from "../scenario/server-spec.ts"

/** Milliseconds since the world began. */
interface Once {
  readonly at: number
}

/** What changes with one server, everything drawn that is drawn once. Times are simulated milliseconds. */
export interface PlannedSchedule {
  /** Means, and how it cannot be reached while down. */
  readonly uptime: { readonly up: number; readonly down: number; readonly fails: Failure } | null
  /** After so long on average. */
  readonly restarts: number | null
  /** In order of time. */
  readonly upgrades: ReadonlyArray<Once & { readonly software: Software }>
  readonly moves: ReadonlyArray<Once>
  readonly renewals: ReadonlyArray<Once & { readonly key: "same" | "new" }>
}

/** Which of these happen to the server, and when. */
const drawTimes = <A extends OnceSpec>(
  all: ReadonlyArray<A> | undefined,
  name: string,
  random: SeededRandom
): ReadonlyArray<{ readonly spec: A } & Once> =>
  (all ?? []).flatMap((spec, i) => {
    const own = random.fork(`${name} ${i}`)
    const at = worldMs(spec.at) + (spec.within === undefined ? 0 : own.between(0, worldMs(spec.within)))
    return spec.share === undefined || own.fork("share").chance(spec.share) ? [{ spec, at }] : []
  })

/** Nobody goes to another family of software, nor back: fleets of several kinds have an upgrade for each. */
const fitting = (
  upgrades: ReadonlyArray<Once & { readonly software: Software }>,
  first: Software
): PlannedSchedule["upgrades"] => {
  let now = first
  return upgrades
    .toSorted((a, b) => a.at - b.at)
    .filter(({ software }) => {
      const newer = compareTuples(versionNumbers(software.version), versionNumbers(now.version)) > 0
      if (software.family !== now.family || !newer) return false
      now = software
      return true
    })
}

/** What the file has in store for a server; null where that is nothing, as for one that does not run. */
export const planSchedule = (
  { id, fails, schedule }: Pick<ServerSpec, "id" | "fails" | "schedule">,
  software: Software,
  root: SeededRandom
): PlannedSchedule | null => {
  if (schedule === undefined || fails !== undefined) return null
  const random = root.fork(`life/${id}`)
  const { uptime, restarts } = schedule
  const upgrades = drawTimes(schedule.upgrades, "upgrade", random)
  return {
    uptime: uptime === undefined
      ? null
      : { up: worldMs(uptime.up), down: worldMs(uptime.down), fails: uptime.fails ?? "refused" },
    restarts: restarts === undefined ? null : worldMs(restarts),
    upgrades: fitting(upgrades.map(({ at, spec }) => ({ at, software: parseSoftware(spec.software)! })), software),
    moves: drawTimes(schedule.moves, "move", random).map(({ at }) => ({ at })),
    renewals: drawTimes(schedule.renewals, "renewal", random).map(({ at, spec }) => ({ at, key: spec.key }))
  }
}

/** How it cannot be reached when the world begins, by its uptime; machines go down, so all servers of one begin alike. */
export const downAtFirst = (
  { id, machine, schedule }: { readonly id: string; readonly machine?: string; readonly schedule?: ScheduleSpec },
  random: SeededRandom
): Failure | null => {
  if (schedule?.uptime === undefined) return null
  const { up, down, fails } = schedule.uptime
  const share = worldMs(down) / (worldMs(up) + worldMs(down))
  return random.fork(`uptime at first/${machine ?? id}`).chance(share) ? (fails ?? "refused") : null
}
