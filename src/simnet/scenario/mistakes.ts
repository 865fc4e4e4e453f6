import { ipVersion } from "../../domain/address.ts"
import { isIpv4Block } from "../draw/draw-address.ts"
import { isDistinct, mayBecome, unknownPlaceholders } from "../draw/template.ts"
import { type FleetSpec, idsOfFleet } from "./fleet-spec.ts"
import { mistakesOfLies } from "./lie-spec.ts"
import type { Mistake, Path } from "./mistake.ts"
import { mistakesOfLedger } from "./payment-spec.ts"
import type { Scenario } from "./scenario.ts"
import type { ServerSpec } from "./server-spec.ts"

/** References of a server or fleet to servers that do not exist. */
const lostReferences = (
  spec: Pick<ServerSpec, "lists" | "relays" | "copies">,
  path: Path,
  ids: ReadonlySet<string>,
  relaying: ReadonlySet<string>
): ReadonlyArray<Mistake> => {
  const lists = Array.isArray(spec.lists) ? (spec.lists as ReadonlyArray<string>) : []
  return [
    ...lists.flatMap((id, i) => (ids.has(id) ? [] : [{ path: [...path, "lists", i], message: `there is no server ${id}` }])),
    ...(["relays", "copies"] as const).flatMap((key) => {
      const id = spec[key]
      if (id === undefined) return []
      if (!ids.has(id)) return [{ path: [...path, key], message: `there is no server ${id}` }]
      return relaying.has(id) ? [{ path: [...path, key], message: `${id} is no server of its own, it relays another` }] : []
    })
  ]
}

const labelsOf = (choice: string | Readonly<Record<string, number>>): ReadonlyArray<string> =>
  typeof choice === "string" ? [choice] : Object.keys(choice)

const mistakesOfFleet = (fleet: FleetSpec, path: Path, scenario: Scenario): ReadonlyArray<Mistake> => {
  const templates: ReadonlyArray<readonly [Path, string | undefined]> = [
    ...fleet.names.flatMap((name, i) => labelsOf(name.host).map((host) => [["names", i, "host"], host] as const)),
    ...(["operator", "machine"] as const).map((key) => [[key], fleet[key]] as const),
    ...(["backend", "key", "banner", "donation"] as const).flatMap((key) => labelsOf(fleet[key] ?? {}).map((label) => [[key], label] as const)),
    [["certificate", "subject"], fleet.certificate?.subject],
    ...(fleet.certificate?.names ?? []).map((name, i) => [["certificate", "names", i], name] as const)
  ]
  const mistakes: Array<Mistake> = templates.flatMap(([at, template]) =>
    unknownPlaceholders(template ?? "").map((name) => ({
      path: [...path, ...at],
      message: `there is no placeholder {${name}}`
    }))
  )
  for (const [i, name] of fleet.names.entries()) {
    if (labelsOf(name.host).some((host) => host.includes("{") && !isDistinct(host))) {
      mistakes.push({ path: [...path, "names", i, "host"], message: "is the same for many servers; add {n} or {word}" })
    }
  }
  if (fleet.names.every((name) => name.share !== undefined)) {
    mistakes.push({ path: [...path, "names", 0, "share"], message: "at least one name has to be for all servers" })
  }
  const kinds = new Set(fleet.names.map((name) => name.on ?? "ipv4"))
  for (const label of labelsOf(fleet.hosting)) {
    const blocks = scenario.hosting?.[label]?.blocks
    if (blocks === undefined) mistakes.push({ path: [...path, "hosting"], message: `there is no hosting ${label}` })
    else if ((kinds.has("ipv4") || kinds.has("dual")) && !blocks.some(isIpv4Block)) {
      mistakes.push({ path: [...path, "hosting"], message: `hosting ${label} has no IPv4 block` })
    } else if ((kinds.has("ipv6") || kinds.has("dual")) && blocks.every(isIpv4Block)) {
      mistakes.push({ path: [...path, "hosting"], message: `hosting ${label} has no IPv6 block` })
    }
  }
  if (fleet.within !== undefined && fleet.count > 2 ** (31 - fleet.within)) {
    mistakes.push({ path: [...path, "within"], message: `a /${fleet.within} is too small for ${fleet.count} servers` })
  }
  return mistakes
}

/** Nodes that are described and that no server asks. */
const unusedBackends = (scenario: Scenario, ids: ReadonlySet<string>): ReadonlyArray<Mistake> => {
  const specs = [...(scenario.servers ?? []), ...(scenario.fleets ?? [])]
  // Without a label of its own, a server's node is called like the server.
  const templates = specs.flatMap((spec) => (spec.backend === undefined ? [] : labelsOf(spec.backend)))
  const asked = (label: string): boolean => ids.has(label) || templates.some((template) => mayBecome(template, label))
  return Object.keys(scenario.backends ?? {}).flatMap((label) =>
    asked(label) ? [] : [{ path: ["backends", label], message: `no server asks the node ${label}` }]
  )
}

const wrongSeeds = (scenario: Scenario): ReadonlyArray<Mistake> => {
  const named = [...(scenario.servers ?? []), ...(scenario.recorded === undefined ? [] : [scenario.recorded.first_list])]
  return scenario.seeds.flatMap((seed, i) => {
    const [, host, port, letter] = /^(.+):([0-9]+):([st])$/.exec(seed)!
    const found = named.some((server) =>
      server.names.some(
        (name) =>
          name.host === host!.replace(/^\[(.*)\]$/, "$1") && (letter === "s" ? name.tls : name.tcp) === Number(port)
      )
    )
    return found ? [] : [{ path: ["seeds", i], message: `no server listed in this file offers ${seed}` }]
  })
}

/** What is well-formed but cannot be: ids given twice, references to nobody, seeds that nobody offers. */
export const findMistake = (scenario: Scenario): Mistake | undefined => {
  const servers = scenario.servers ?? []
  const fleets = scenario.fleets ?? []
  const ids = new Set<string>()
  const mistakes: Array<Mistake> = []
  for (const [i, server] of servers.entries()) {
    if (ids.has(server.id)) mistakes.push({ path: ["servers", i, "id"], message: `there are two servers ${server.id}` })
    ids.add(server.id)
    for (const [j, name] of server.names.entries()) {
      const wrong = (name.addresses ?? []).findIndex((address) => ipVersion(address) === undefined)
      if (wrong >= 0) mistakes.push({ path: ["servers", i, "names", j, "addresses", wrong], message: "is no IP address" })
    }
  }
  for (const [i, fleet] of fleets.entries()) {
    const own = idsOfFleet(fleet)
    const twice = own.find((id) => ids.has(id))
    if (twice !== undefined) mistakes.push({ path: ["fleets", i, "name"], message: `there are two servers ${twice}` })
    for (const id of own) ids.add(id)
    mistakes.push(...mistakesOfFleet(fleet, ["fleets", i], scenario))
  }
  const relaying = new Set([
    ...servers.filter((server) => server.relays !== undefined).map((server) => server.id),
    ...fleets.filter((fleet) => fleet.relays !== undefined).flatMap(idsOfFleet)
  ])
  for (const [i, server] of servers.entries()) mistakes.push(...lostReferences(server, ["servers", i], ids, relaying))
  for (const [i, fleet] of fleets.entries()) mistakes.push(...lostReferences(fleet, ["fleets", i], ids, relaying))
  mistakes.push(...unusedBackends(scenario, ids))
  return [...mistakes, ...mistakesOfLedger(scenario), ...mistakesOfLies(scenario), ...wrongSeeds(scenario)][0]
}
