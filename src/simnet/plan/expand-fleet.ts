import { addressesIn, drawAddress, drawBlock, drawOnion, isIpv4Block } from "../draw/draw-address.ts"
import type { SeededRandom } from "../draw/random.ts"
import { drawTexts, fill, isDistinct, type Values } from "../draw/template.ts"
import type { Failure } from "../model/failure.ts"
import type { CertificateSpec } from "../scenario/certificate-spec.ts"
import { type FleetName, type FleetSpec, idsOfFleet } from "../scenario/fleet-spec.ts"
import type { Scenario } from "../scenario/scenario.ts"
import type { NameSpec, ServerSpec } from "../scenario/server-spec.ts"
import { behaviourFields } from "../scenario/server-spec.ts"
import { donationAddress } from "./donation-address.ts"

/** The one for all, or one drawn by its weight. */
const chosenOf = (choice: string | Readonly<Record<string, number>>, random: SeededRandom): string =>
  typeof choice === "string" ? choice : random.weighted(choice)

const portOf = (choice: FleetName["tcp"], random: SeededRandom): number | undefined => {
  if (choice === undefined || typeof choice === "number") return choice
  const text = chosenOf(choice, random)
  return text === "none" ? undefined : Number(text)
}

/** Names and addresses that are taken: no two servers get one by chance. */
interface Taken {
  readonly addresses: Set<string>
  readonly hosts: Set<string>
}

/** One of these blocks that nobody has; the first in order where drawing does not find one of the last. */
const untaken = (taken: Set<string>, blocks: ReadonlyArray<string>, random: SeededRandom): string => {
  const free = (address: string): boolean => !taken.has(address)
  const draws = Iterator.from({ next: () => ({ done: false, value: drawAddress(random.pick(blocks), random) }) }).take(1000)
  // The rules for hosting see to it that there is room.
  const address = draws.find(free) ?? Iterator.from(blocks).flatMap(addressesIn).find(free)!
  taken.add(address)
  return address
}

/** The fleet's own part of each block of its hosting, where it keeps together. */
const blocksOf = (fleet: FleetSpec, label: string, scenario: Scenario, random: SeededRandom): ReadonlyArray<string> => {
  const { blocks } = scenario.hosting![label]!
  if (fleet.within === undefined) return blocks
  const ipv4 = blocks.filter(isIpv4Block)
  const together = random.fork(`within/${label}`)
  return [
    ...(ipv4.length === 0 ? [] : [drawBlock(together.pick(ipv4), fleet.within, together)]),
    ...blocks.filter((block) => !isIpv4Block(block))
  ]
}

const namesOf = (
  fleet: FleetSpec,
  blocks: ReadonlyArray<string>,
  values: Values,
  taken: Taken,
  random: SeededRandom
): { readonly names: ReadonlyArray<NameSpec>; readonly values: Values } => {
  const has = fleet.names.map((name, i) => name.share === undefined || random.fork(`name ${i}`).chance(name.share))
  const chosen = fleet.names
    .map((name, i) => ({ ...name, host: chosenOf(name.host, random.fork(`host ${i}`)), number: i }))
    .filter((_, i) => has[i])
  const wants = (kind: "ipv4" | "ipv6"): boolean =>
    chosen.some((name) => {
      const on = name.on ?? (name.host === "{onion}" ? "onion" : name.host === "{address6}" ? "ipv6" : "ipv4")
      return on === kind || on === "dual"
    })
  const address = (kind: "ipv4" | "ipv6"): { readonly [key: string]: string } => {
    if (!wants(kind)) return {}
    const mine = blocks.filter((block) => isIpv4Block(block) === (kind === "ipv4"))
    const draw = random.fork(kind)
    const text = untaken(taken.addresses, mine, draw)
    return kind === "ipv4" ? { address: text, dashed: text.replaceAll(".", "-") } : { address6: text }
  }
  const words = random.fork("words")
  const filled: Values = {
    ...values,
    ...address("ipv4"),
    ...address("ipv6"),
    ...(chosen.some((name) => name.host === "{onion}") ? { onion: drawOnion(random.fork("onion")) } : {})
  }
  // Words are drawn anew until no name is somebody else's, at last with a drawn number behind
  // them: the server's own would show which of a fleet it is, and how large its fleet may be.
  let all: Values = filled
  let hosts: ReadonlyArray<string> = []
  const own = (host: string, i: number): boolean => isDistinct(chosen[i]!.host) && taken.hosts.has(host)
  for (let attempt = 0; attempt === 0 || hosts.some(own); attempt++) {
    const texts = drawTexts(words)
    const end = attempt < 200 ? "" : String(words.integer(2, 99_999))
    all = { ...filled, ...texts, word: texts.word + end, other: texts.other + end, digits: texts.digits + end }
    hosts = chosen.map((name) => fill(name.host, all))
  }
  for (const host of hosts) taken.hosts.add(host)
  const names = chosen.map((name, i): NameSpec => {
    const ports = random.fork(`ports ${name.number}`)
    const [tcp, tls] = [portOf(name.tcp, ports), portOf(name.tls, ports)]
    const on = name.on ?? "ipv4"
    const literal = ["{address}", "{address6}", "{onion}"].includes(name.host)
    const addresses = [
      ...(on === "ipv4" || on === "dual" ? [all.address!] : []),
      ...(on === "ipv6" || on === "dual" ? [all.address6!] : [])
    ]
    return {
      host: hosts[i]!,
      ...(literal || on === "onion" ? {} : { addresses }),
      ...(tcp === undefined ? {} : { tcp }),
      ...(tls === undefined ? {} : { tls }),
      ...(name.ws === undefined ? {} : { ws: name.ws }),
      ...(name.wss === undefined ? {} : { wss: name.wss }),
      ...(name.announced === undefined ? {} : { announced: name.announced })
    }
  })
  return { names, values: { ...all, host: hosts[0]! } }
}

const day = 86_400

/** A fleet's certificate for one server: shares and ranges drawn, templates filled. */
const certificateOf = (
  spec: CertificateSpec,
  values: Values,
  place: number,
  random: SeededRandom
): CertificateSpec => {
  const { seconds_apart: apart, ...rest } = spec
  const ago = Array.isArray(spec.days_ago) ? random.between(spec.days_ago[0]!, spec.days_ago[1]!) : spec.days_ago
  return {
    ...rest,
    ...(spec.subject === undefined ? {} : { subject: fill(spec.subject, values) }),
    ...(spec.names === undefined ? {} : { names: spec.names.map((name) => fill(name, values)) }),
    ...(spec.renewed === undefined ? {} : { renewed: random.chance(spec.renewed) ? 1 : 0 }),
    ...(ago === undefined ? {} : { days_ago: ago as number }),
    // One after the other, each after a wait that varies by half; later ones fewer days ago.
    ...(apart === undefined
      ? {}
      : { days_ago: Math.max(0, ((ago as number) ?? 200) - ((place + random.between(-0.25, 0.25)) * apart) / day) })
  }
}

/** Fields that servers have from their fleet as they are. */
const behaviourOf = ({ banner: _banner, donation: _donation, reports: _reports, ...fleet }: FleetSpec): Partial<ServerSpec> =>
  Object.fromEntries(Object.entries(fleet).filter(([key, value]) => Object.hasOwn(behaviourFields, key) && value !== undefined))

const failsOf = (fleet: FleetSpec, random: SeededRandom): Failure | undefined =>
  fleet.alive === undefined || random.chance(fleet.alive)
    ? undefined
    : random.weighted<Failure>(fleet.failures ?? { refused: 1 })

const expandFleet = (
  fleet: FleetSpec,
  scenario: Scenario,
  taken: Taken,
  root: SeededRandom
): ReadonlyArray<ServerSpec> => {
  const random = root.fork(`fleet/${fleet.name}`)
  const ids = idsOfFleet(fleet)
  // In which order a fleet's certificates were made says nothing about its numbers.
  const places = random.fork("made").shuffled(ids.map((_, i) => i))
  // A range of days is one moment for a fleet that made its certificates in one go.
  const moment = random.fork("moment")
  const ago = fleet.certificate?.days_ago
  const together =
    fleet.certificate?.seconds_apart === undefined
      ? fleet.certificate
      : { ...fleet.certificate, days_ago: Array.isArray(ago) ? moment.between(ago[0]!, ago[1]!) : ((ago as number) ?? 200) }
  return ids.map((id, i) => {
    const own = random.fork(id)
    const at = chosenOf(fleet.hosting, own.fork("hosting"))
    const numbers: Values = {
      n: String(i + 1),
      nn: String(i + 1).padStart(2, "0"),
      nnn: String(i + 1).padStart(3, "0"),
      id
    }
    const label = (template: string): string => fill(template, numbers)
    const operator = label(fleet.operator)
    const { names, values } = namesOf(
      fleet,
      blocksOf(fleet, at, scenario, random),
      {
        ...numbers,
        country: scenario.hosting![at]!.country.toLowerCase(),
        city: (scenario.hosting![at]!.city ?? at).toLowerCase().replaceAll(" ", "-"),
        donation: donationAddress(root.fork(`donation/${operator}`)),
        owndonation: donationAddress(root.fork(`own donation/${id}`))
      },
      taken,
      own
    )
    const fails = failsOf(fleet, own.fork("alive"))
    const worded = (key: "banner" | "donation"): { readonly [key: string]: string } => {
      const template = fleet[key] === undefined ? "" : chosenOf(fleet[key], own.fork(key))
      return template === "" ? {} : { [key]: fill(template, values) }
    }
    return {
      ...behaviourOf(fleet),
      id,
      operator,
      software: chosenOf(fleet.software, own.fork("software")),
      ...(fleet.reports === undefined ? {} : { reports: chosenOf(fleet.reports, own.fork("reports")) }),
      names: names as unknown as ServerSpec["names"],
      ...(fleet.machine === undefined ? {} : { machine: label(fleet.machine) }),
      ...(fleet.backend === undefined ? {} : { backend: label(chosenOf(fleet.backend, own.fork("backend"))) }),
      ...(fleet.key === undefined ? {} : { key: label(chosenOf(fleet.key, own.fork("key"))) }),
      ...(fails === undefined ? {} : { fails }),
      ...worded("banner"),
      ...worded("donation"),
      ...(fleet.lists === "fleet" ? { lists: ids.filter((other) => other !== id) } : {}),
      ...(together === undefined ? {} : { certificate: certificateOf(together, values, places[i]!, own.fork("certificate")) })
    }
  })
}

/**
 * The servers of all fleets, ready to be planned. Depends on the seed and on
 * the fleets' names, not on their order in the file.
 */
export const expandFleets = (scenario: Scenario, random: SeededRandom): ReadonlyArray<ServerSpec> => {
  const listed = (scenario.servers ?? []).flatMap((server) => server.names)
  const taken: Taken = {
    addresses: new Set(listed.flatMap((name) => [name.host, ...(name.addresses ?? [])])),
    hosts: new Set(listed.map((name) => name.host))
  }
  return (scenario.fleets ?? [])
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((fleet) => expandFleet(fleet, scenario, taken, random))
}
