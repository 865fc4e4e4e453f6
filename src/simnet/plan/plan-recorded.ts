import { addressScope } from "../../domain/address.ts"
import type { SeededRandom } from "../draw/random.ts"
import type { Failure } from "../model/failure.ts"
import { Announcement, fixedPeers, noPeers, normalisedVersion, type PeerChoice, type PeerSource, subsetPeers } from "../model/peer-lists.ts"
import { parseSoftware, type Software } from "../model/software.ts"
import type { RecordedData, RecordedSpec } from "../scenario/recorded-spec.ts"
import type { Scenario } from "../scenario/scenario.ts"
import type { World } from "../world/world.ts"
import { ruleOfSoftware } from "./plan-peers.ts"
import {
  partsOfSpec,
  type PlannedName,
  type PlannedServer,
  planServer,
  type ServerParts
} from "./plan.ts"

interface Row {
  readonly number: number
  readonly address: string
  readonly host: string
  readonly variants: ReadonlyArray<ReadonlyArray<string>>
  readonly asn: number | null
  readonly country: string | null
  readonly answered: boolean
  readonly software: string | null
  readonly bogus: boolean
}

const readRows = (data: RecordedData, spec: RecordedSpec): ReadonlyArray<Row> =>
  data.rows.map(([address, host, variants, asn, country, answered, software], number) => ({
    number,
    address,
    host: host ?? address,
    variants: variants.map((variant) => variant.split(" ")),
    asn,
    country,
    answered,
    software,
    bogus: spec.bogus_addresses.includes(address)
  }))

/** Row numbers of a list such as `0-3 7 9`. */
export const readList = (text: string): ReadonlyArray<number> =>
  text.split(" ").flatMap((run) => {
    const [first, last] = run.split("-").map(Number) as [number, number?]
    return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i)
  })

/** Rows of one process: the same host, or the same real address (two names, one port). */
const groupRows = (rows: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<Row>> => {
  const groups = new Map<string, Array<Row>>()
  for (const row of rows) {
    const keys = [`host ${row.host}`, ...(row.bogus ? [] : [`address ${row.address}`])]
    const found = [...new Set(keys.map((key) => groups.get(key)).filter((group) => group !== undefined))]
    const group = found[0] ?? []
    for (const other of found.slice(1)) group.push(...other)
    group.push(row)
    for (const member of group) {
      groups.set(`host ${member.host}`, group)
      if (!member.bogus) groups.set(`address ${member.address}`, group)
    }
  }
  return [...new Set(groups.values())]
}

const port = (rows: ReadonlyArray<Row>, letter: "s" | "t"): number | null => {
  const feature = rows.flatMap((row) => row.variants.flat()).find((text) => text.startsWith(letter))
  return feature === undefined ? null : Number(feature.slice(1))
}

const namesOf = (group: ReadonlyArray<Row>): ReadonlyArray<PlannedName> =>
  [...Map.groupBy(group, (row) => row.host)].map(([host, rows]) => {
    const real = rows.filter((row) => !row.bogus)
    return {
      host,
      dead: [],
      addresses: (real.length > 0 ? real : rows)
        .map((row) => row.address)
        .filter((address) => addressScope(address) !== undefined),
      tls: port(rows, "s"),
      tcp: port(rows, "t"),
      ws: null,
      wss: null,
      country: rows[0]!.country,
      asn: rows[0]!.asn,
      facts: null
    }
  })

/** The domain under which a name was registered, or the host itself where that says nothing. */
const operatorOf = (host: string, shared: ReadonlyArray<string>): string => {
  if (addressScope(host) !== undefined || host.endsWith(".onion")) return host
  if (shared.some((suffix) => host.endsWith(`.${suffix}`))) return host
  return host.split(".").slice(-2).join(".")
}

const failureFor = (spec: RecordedSpec, onlyAddress: boolean, random: SeededRandom): Failure => {
  const drawn = random.weighted(spec.failures as Record<Failure, number>)
  return drawn === "no name" && onlyAddress ? "unreachable" : drawn
}

const softwareFor = (row: Row, spec: RecordedSpec, random: SeededRandom): Software => {
  const version = row.variants.at(-1)![0]!.slice(1)
  return parseSoftware(row.software ?? random.weighted(spec.software[version]!))!
}

/** Dead ones in a seeded order, each with its failure; few are black holes. */
const drawFailures = (
  groups: ReadonlyArray<ReadonlyArray<Row>>,
  spec: RecordedSpec,
  random: SeededRandom
): ReadonlyMap<ReadonlyArray<Row>, Failure> => {
  const failures = new Map<ReadonlyArray<Row>, Failure>()
  const silent = groups.filter((group) => !group.some((row) => row.answered))
  const real = silent.filter((group) => group.some((row) => !row.bogus))
  const dead = random
    .fork("alive")
    .shuffled(real)
    .slice(Math.round(real.length * spec.alive))
  let holes = 0
  for (const group of [...dead, ...silent.filter((g) => !real.includes(g))]) {
    const onlyAddress = group[0]!.host === group[0]!.address
    const drawn = group.every((row) => row.bogus)
      ? "general failure"
      : failureFor(spec, onlyAddress, random.fork(`failure/${group[0]!.host}`))
    failures.set(group, drawn === "black hole" && holes++ >= spec.black_holes ? "refused" : drawn)
  }
  return failures
}

/**
 * Which variant of its row each list tells. Variants that differ only by
 * Fulcrum's spelling of versions are one; of others each is told by at least
 * one list, the rest is drawn.
 */
const tellVariants = (
  rows: ReadonlyArray<Row>,
  lists: ReadonlyArray<ReadonlyArray<number>>,
  random: SeededRandom
): ((list: number, row: number) => number) => {
  const told = new Map<string, number>()
  for (const row of rows) {
    const distinct = new Set(row.variants.map((variant) => variant.map(normalisedVersion).join(" ")))
    if (distinct.size === 1) continue
    const draw = random.fork(`variants/${row.host}`)
    const tellers = draw.shuffled(
      lists
        .keys()
        .filter((list) => lists[list]!.includes(row.number))
        .toArray()
    )
    for (const [i, list] of tellers.entries()) {
      told.set(`${list} ${row.number}`, i < row.variants.length ? i : draw.integer(0, row.variants.length - 1))
    }
  }
  return (list, row) => told.get(`${list} ${row}`) ?? rows[row]!.variants.length - 1
}

/** Whom a server lists of those it knows, as its software does. */
const drawnPeers = (
  software: Software,
  known: ReadonlyArray<PeerChoice>,
  own: ReadonlySet<Announcement | undefined>
): PeerSource => {
  const rule = ruleOfSoftware(software)
  if (rule === "nobody") return noPeers
  if (rule === "subset") return subsetPeers(known)
  return fixedPeers(known.filter((choice) => !own.has(choice.announcement)))
}

/** Servers of a network that somebody recorded: lists as they were, what was not recorded drawn by the seed. */
export const planRecorded = (
  scenario: Scenario,
  spec: RecordedSpec,
  data: RecordedData,
  root: SeededRandom,
  world: World
): ReadonlyArray<PlannedServer> => {
  const random = root.fork("recorded")
  const rows = readRows(data, spec)
  const lists = data.lists.map(readList)
  const groups = groupRows(rows)
  const failures = drawFailures(groups, spec, random)
  const variantTold = tellVariants(rows, lists, random)
  const announcements = rows.map((row) => new Announcement(row.address, row.host, row.variants))
  // List n > 0 belongs to the nth row that answered.
  const listOf = new Map(
    rows
      .filter((row) => row.answered)
      .slice(0, lists.length - 1)
      .map((row, i) => [row.number, i + 1])
  )
  const recordedChoices = (list: number, without: ReadonlyArray<Row>): ReadonlyArray<PeerChoice> =>
    lists[list]!.filter((number) => !without.includes(rows[number]!)).map((number) => ({
      announcement: announcements[number]!,
      variant: variantTold(list, number)
    }))
  const known = groups.flatMap((group) =>
    group.filter((row) => !row.bogus).map((row) => ({ row, dead: failures.has(group) }))
  )

  const [least, most] = scenario.round_trip_ms
  const servers = groups.map((group) => {
    const main = group[0]!
    const list = listOf.get(group.find((row) => listOf.has(row.number))?.number ?? -1)
    const software =
      list !== undefined &&
      spec.fulcrum_lists.lists.includes(list) &&
      softwareFor(main, spec, random.fork(`software/${main.host}`)).family !== "Fulcrum"
        ? parseSoftware(spec.fulcrum_lists.software)!
        : softwareFor(main, spec, random.fork(`software/${main.host}`))
    const parts: ServerParts = {
      id: main.host,
      operator: operatorOf(main.host, spec.shared_suffixes),
      machine: main.host,
      backend: main.host,
      certificate: { key: main.host, label: main.host, hosts: group.map((row) => row.host), spec: {} },
      software,
      reported: software,
      protocolMaximum: main.variants.at(-1)![0]!.slice(1),
      chain: scenario.chain,
      names: namesOf(group),
      failure: failures.get(group) ?? null,
      traits: [],
      conduct: [],
      lies: [],
      maxSessions: null,
      banner: null,
      torBanner: null,
      donation: null,
      claims: [],
      hosts: software.family === "romanz electrs" ? "malformed" : "all",
      roundTripMs: random.fork(`round trip/${main.host}`).between(least, most),
      jitterMs: scenario.jitter_ms,
      country: main.country,
      asn: main.asn,
      schedule: null,
      downAtFirst: null
    }
    if (list !== undefined) {
      return planServer(parts, fixedPeers(recordedChoices(list, software.family === "Fulcrum" ? group : [])), world, root)
    }
    // Others know most of what is alive, and a little of what no longer is.
    const draw = random.fork(`knows/${main.host}`)
    const everyone = known
      .filter(({ dead }) => draw.chance(dead ? 0.1 : 0.9))
      .map(({ row }) => ({
        announcement: announcements[row.number]!,
        variant: draw.integer(0, row.variants.length - 1)
      }))
    return planServer(parts, drawnPeers(software, everyone, new Set(group.map((row) => announcements[row.number]))), world, root)
  })
  const first = partsOfSpec(spec.first_list, scenario, random)
  return [
    planServer(first, fixedPeers(recordedChoices(0, [])), world, root),
    ...servers
  ]
}
