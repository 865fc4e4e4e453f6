import type { Uplink } from "../network/uplink.ts"
import { isHit } from "../plan/conduct.ts"
import type { Scenario } from "../scenario/scenario.ts"
import { worldMs } from "../scenario/schedule-spec.ts"
import type { WorldClock } from "../world/world-clock.ts"
import type { Happening } from "./happenings.ts"
import type { ServerLife } from "./server-life.ts"

/** Everything that a schedule acts on. */
export interface ScheduleOptions {
  readonly scenario: Scenario
  readonly clock: WorldClock
  readonly lives: ReadonlyArray<ServerLife>
  readonly uplink: Uplink
  /** Cut every connection of our own. */
  readonly cut: () => void
  readonly happened: (happening: Happening) => void
}

/** Let happen what the scenario has in store, from now on. */
export const beginSchedule = ({ scenario, clock, lives, uplink, cut, happened }: ScheduleOptions): void => {
  for (const life of lives) life.begin()
  for (const [i, outage] of (scenario.outages ?? []).entries()) {
    const hit = lives.filter((life) => isHit(outage, life.planned))
    clock.later(worldMs(outage.at), () => {
      for (const life of hit) life.hold(`outage ${i}`, outage.fails ?? "unreachable")
    })
    clock.later(worldMs(outage.at) + worldMs(outage.for), () => {
      for (const life of hit) life.hold(`outage ${i}`, null)
    })
  }
  for (const outage of scenario.our_outages ?? []) {
    clock.later(worldMs(outage.at), () => {
      uplink.down = true
      cut()
      happened({ at: clock.now(), what: "our line down", server: null, detail: null })
    })
    clock.later(worldMs(outage.at) + worldMs(outage.for), () => {
      uplink.down = false
      happened({ at: clock.now(), what: "our line up", server: null, detail: null })
    })
  }
}
