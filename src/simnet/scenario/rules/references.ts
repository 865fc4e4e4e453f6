import { mayBecome } from "../../draw/template.ts"
import { type FleetSpec, idsOfFleet } from "../fleet-spec.ts"
import type { Mistake, Path } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"
import type { ServerSpec } from "../server-spec.ts"
import { labelsOf } from "./labels.ts"

/** A server or a fleet, with its place and the ids that it stands for. */
interface Entry {
  readonly path: Path
  readonly spec: ServerSpec | FleetSpec
  readonly ids: ReadonlyArray<string>
}

const entriesOf = (scenario: Scenario): ReadonlyArray<Entry> => [
  ...(scenario.servers ?? []).map((spec, i) => ({ path: ["servers", i], spec, ids: [spec.id] })),
  ...(scenario.fleets ?? []).map((spec, i) => ({ path: ["fleets", i], spec, ids: idsOfFleet(spec) }))
]

const twice = ({ path, ids }: Entry, before: Set<string>): ReadonlyArray<Mistake> => {
  const known = ids.find((id) => before.has(id))
  for (const id of ids) before.add(id)
  const key = path[0] === "servers" ? "id" : "name"
  return known === undefined ? [] : [{ path: [...path, key], message: `there are two servers ${known}` }]
}

/** Why one cannot relay or copy that one; what it is to another must be its own. */
const originalProblem = (
  key: "relays" | "copies",
  { ids, spec }: Entry,
  original: Entry | undefined,
  chain: string
): string | undefined => {
  const id = spec[key]!
  if (original === undefined) return `there is no server ${id}`
  if (ids.includes(id)) return `${id} cannot ${key === "relays" ? "relay" : "copy"} itself`
  if (original.spec.relays !== undefined) return `${id} is no server of its own, it relays another`
  if (key === "copies") {
    return original.spec.copies === undefined ? undefined : `${id} shows nothing of its own, it copies another`
  }
  const [own, other] = [spec.chain ?? chain, original.spec.chain ?? chain]
  return own === other ? undefined : `${id} is on ${other}, this one on ${own}`
}

/** What a relay has from the server that it relays, so that nothing of its own would show. */
const relayedFields = ["lies", "traits", "banner", "tor_banner", "donation", "protocol_max", "claims", "copies"] as const

const mistakesOfEntry = (entry: Entry, byId: ReadonlyMap<string, Entry>, chain: string): ReadonlyArray<Mistake> => {
  const { path, spec } = entry
  const lists = Array.isArray(spec.lists) ? (spec.lists as ReadonlyArray<string>) : []
  return [
    ...lists.flatMap((id, i) => (byId.has(id) ? [] : [{ path: [...path, "lists", i], message: `there is no server ${id}` }])),
    ...(["relays", "copies"] as const).flatMap((key) => {
      const id = spec[key]
      const message = id === undefined ? undefined : originalProblem(key, entry, byId.get(id), chain)
      return message === undefined ? [] : [{ path: [...path, key], message }]
    }),
    ...(spec.relays === undefined ? [] : relayedFields).flatMap((key) =>
      spec[key] === undefined ? [] : [{ path: [...path, key], message: `it relays ${spec.relays}, so this is for that one to say` }]
    )
  ]
}

/** Nodes that are described and that no server asks. */
const unusedBackends = (scenario: Scenario, entries: ReadonlyArray<Entry>): ReadonlyArray<Mistake> => {
  // Without a label of its own, a server's node is called like the server.
  const ids = new Set(entries.flatMap((entry) => entry.ids))
  const templates = entries.flatMap(({ spec }) => labelsOf(spec.backend))
  const asked = (label: string): boolean => ids.has(label) || templates.some((template) => mayBecome(template, label))
  return Object.keys(scenario.backends ?? {}).flatMap((label) =>
    asked(label) ? [] : [{ path: ["backends", label], message: `no server asks the node ${label}` }]
  )
}

/** A node follows one chain. */
const mixedBackends = (scenario: Scenario, entries: ReadonlyArray<Entry>): ReadonlyArray<Mistake> => {
  const chains = new Map<string, string>()
  return entries.flatMap(({ path, spec }) =>
    labelsOf(spec.backend).flatMap((label) => {
      const chain = spec.chain ?? scenario.chain
      const other = chains.get(label) ?? chain
      chains.set(label, other)
      return other === chain ? [] : [{ path: [...path, "backend"], message: `the node ${label} is on ${other}, not on ${chain}` }]
    })
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

/** Ids given twice, references to nobody or to who cannot be meant, seeds that nobody offers. */
export const mistakesOfReferences = (scenario: Scenario): ReadonlyArray<Mistake> => {
  const entries = entriesOf(scenario)
  const byId = new Map(entries.flatMap((entry) => entry.ids.map((id) => [id, entry] as const)))
  const before = new Set<string>()
  return [
    ...entries.flatMap((entry) => twice(entry, before)),
    ...entries.flatMap((entry) => mistakesOfEntry(entry, byId, scenario.chain)),
    ...unusedBackends(scenario, entries),
    ...mixedBackends(scenario, entries),
    ...wrongSeeds(scenario)
  ]
}
