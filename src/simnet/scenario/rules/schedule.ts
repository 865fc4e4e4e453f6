import { mayBecome } from "../../draw/template.ts"
import { parseSoftware } from "../../model/software.ts"
import { idsOfFleet } from "../fleet-spec.ts"
import type { Mistake, Path } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"
import { type OutageSpec, type ScheduleSpec, worldMs } from "../schedule-spec.ts"
import { labelsOf } from "./labels.ts"

const mistakesOfUpgrades = (
  { upgrades = [] }: ScheduleSpec,
  softwares: ReadonlyArray<string>,
  path: Path
): ReadonlyArray<Mistake> =>
  upgrades.flatMap(({ at, software }, i): ReadonlyArray<Mistake> => {
    const place = [...path, "schedule", "upgrades", i]
    const family = parseSoftware(software)!.family
    const known = softwares.some((text) => parseSoftware(text)!.family === family)
    const before = upgrades.slice(0, i).findLast((upgrade) => parseSoftware(upgrade.software)!.family === family)
    return [
      ...(known ? [] : [{ path: [...place, "software"], message: `${softwares.join(" and ")} cannot become ${software}` }]),
      ...(before === undefined || worldMs(before.at) < worldMs(at)
        ? []
        : [{ path: [...place, "at"], message: `is not after ${before.at}, when one above is` }])
    ]
  })

/** Whether any server that the file tells of can be hit, by what the outage asks for. */
const knownTo = (scenario: Scenario) => {
  const { servers = [], fleets = [] } = scenario
  const hosting = Object.values(scenario.hosting ?? {})
  const places = [...hosting, ...servers]
  const machines = new Set([
    ...servers.map((server) => server.machine ?? server.id),
    ...fleets.filter((fleet) => fleet.machine === undefined).flatMap(idsOfFleet)
  ])
  return {
    asn: (asn: number): boolean => places.some((place) => place.asn === asn),
    country: (country: string): boolean => places.some((place) => place.country === country),
    machine: (machine: string): boolean =>
      machines.has(machine) || fleets.some((fleet) => fleet.machine !== undefined && mayBecome(fleet.machine, machine))
  }
}

const mistakesOfOutage = (
  { asn, country, machine }: OutageSpec,
  known: ReturnType<typeof knownTo>,
  path: Path
): ReadonlyArray<Mistake> => {
  if (asn === undefined && country === undefined && machine === undefined) {
    return [{ path, message: "says of no one that they are out; it needs asn, country or machine" }]
  }
  return [
    ...(asn === undefined || known.asn(asn) ? [] : [{ path: [...path, "asn"], message: `no server is in AS ${asn}` }]),
    ...(country === undefined || known.country(country) ? [] : [{ path: [...path, "country"], message: `no server is in ${country}` }]),
    ...(machine === undefined || known.machine(machine) ? [] : [{ path: [...path, "machine"], message: `there is no machine ${machine}` }])
  ]
}

/** Upgrades to other software, and outages that hit nobody. */
export const mistakesOfSchedule = (scenario: Scenario): ReadonlyArray<Mistake> => {
  const known = knownTo(scenario)
  return [
    ...(["servers", "fleets"] as const).flatMap((section) =>
      (scenario[section] ?? []).flatMap(({ schedule, software }, i) =>
        schedule === undefined ? [] : mistakesOfUpgrades(schedule, labelsOf(software), [section, i])
      )
    ),
    // A recorded network has places that its file of rows tells of.
    ...(scenario.recorded === undefined ? (scenario.outages ?? []) : []).flatMap((outage, i) =>
      mistakesOfOutage(outage, known, ["outages", i])
    )
  ]
}
