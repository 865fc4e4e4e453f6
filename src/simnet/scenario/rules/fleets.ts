import { fill, isDistinct, isDrawn, placeholdersOf, unknownPlaceholders } from "../../draw/template.ts"
import { type FleetName, type FleetSpec, idsOfFleet } from "../fleet-spec.ts"
import type { Mistake, Path } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"
import { hostProblem } from "./hosts.ts"
import { labelsOf } from "./labels.ts"

type Template = readonly [path: Path, text: string]

const choices = (path: Path, choice: string | Readonly<Record<string, number>> | undefined): ReadonlyArray<Template> =>
  labelsOf(choice).map((text) => [typeof choice === "string" ? path : [...path, text], text])

const hostTemplates = (fleet: FleetSpec): ReadonlyArray<readonly [...Template, FleetName]> =>
  fleet.names.flatMap((name, i) => choices(["names", i, "host"], name.host).map((template) => [...template, name] as const))

const templatesOf = (fleet: FleetSpec): ReadonlyArray<Template> => [
  ...hostTemplates(fleet).map(([path, text]): Template => [path, text]),
  ...(["operator", "machine", "backend", "key", "banner", "donation"] as const).flatMap((key) => choices([key], fleet[key])),
  ...choices(["certificate", "subject"], fleet.certificate?.subject),
  ...(fleet.certificate?.names ?? []).map((name, i): Template => [["certificate", "names", i], name])
]

/** What a host becomes for a server, as far as it matters whether it is a host. */
const sample = {
  n: "1", nn: "01", nnn: "001", id: "fleet-1", word: "word", other: "other", hex: "0a1b2c3d", digits: "1234",
  city: "city", country: "de", dashed: "240-1-2-3"
} as const

/** The kinds of address that a placeholder needs. */
const kindsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  address: ["ipv4", "dual"],
  dashed: ["ipv4", "dual"],
  address6: ["ipv6", "dual"],
  onion: ["onion"]
}

const hostTemplateProblem = (text: string, { on = "ipv4" }: FleetName, count: number): string | undefined => {
  if (placeholdersOf(text).includes("host")) return "{host} is the first name and cannot be in one"
  const unmet = placeholdersOf(text).find((name) => kindsOf[name]?.includes(on) === false)
  if (unmet !== undefined) return `{${unmet}} needs on: ${kindsOf[unmet]!.join(" or ")}`
  if (on === "onion" && text !== "{onion}") return "is no onion service; on: onion needs {onion}"
  if (count > 1 && !isDistinct(text)) return `is the same for many servers; add {n} or {word}`
  return ["{address}", "{address6}", "{onion}"].includes(text) ? undefined : hostProblem(fill(text, sample))
}

/** The hosts that a template becomes, where chance has no part in it. */
const certainHosts = (text: string, fleet: FleetSpec, scenario: Scenario): ReadonlyArray<string> => {
  if (isDrawn(text)) return []
  const places = labelsOf(fleet.hosting).map((label) => ({
    country: (scenario.hosting?.[label]?.country ?? "").toLowerCase(),
    city: (scenario.hosting?.[label]?.city ?? label).toLowerCase().replaceAll(" ", "-")
  }))
  return idsOfFleet(fleet).flatMap((id, i) => {
    const [n, nn, nnn] = [0, 2, 3].map((digits) => String(i + 1).padStart(digits, "0")) as [string, string, string]
    return [...new Set(places.map((place) => fill(text, { n, nn, nnn, id, ...place })))]
  })
}

const mistakesOfFleet = (fleet: FleetSpec, path: Path): ReadonlyArray<Mistake> => {
  const mistakes: Array<Mistake> = templatesOf(fleet).flatMap(([at, template]) =>
    unknownPlaceholders(template).map((name) => ({ path: [...path, ...at], message: `there is no placeholder {${name}}` }))
  )
  for (const [at, text, name] of hostTemplates(fleet)) {
    const message = hostTemplateProblem(text, name, fleet.count)
    if (message !== undefined) mistakes.push({ path: [...path, ...at], message })
  }
  if (fleet.names.every((name) => name.share !== undefined)) {
    mistakes.push({ path: [...path, "names", 0, "share"], message: "at least one name has to be for all servers" })
  }
  if (fleet.within !== undefined && fleet.count > 2 ** (31 - fleet.within)) {
    mistakes.push({ path: [...path, "within"], message: `a /${fleet.within} is too small for ${fleet.count} servers` })
  }
  return mistakes
}

/** Templates of fleets that say what cannot be filled in, or that give two servers one name. */
export const mistakesOfFleets = (scenario: Scenario): ReadonlyArray<Mistake> => {
  const fleets = scenario.fleets ?? []
  const mistakes = fleets.flatMap((fleet, i) => mistakesOfFleet(fleet, ["fleets", i]))
  if (mistakes.length > 0) return mistakes
  const taken = new Set((scenario.servers ?? []).flatMap((server) => server.names.map((name) => name.host)))
  return fleets.flatMap((fleet, i) =>
    hostTemplates(fleet).flatMap(([at, text]) => {
      const hosts = certainHosts(text, fleet, scenario)
      const twice = hosts.find((host) => taken.has(host))
      for (const host of hosts) taken.add(host)
      return twice === undefined ? [] : [{ path: ["fleets", i, ...at], message: `${twice} is another server's name already` }]
    })
  )
}
