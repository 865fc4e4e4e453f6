import { isServerAddress, parseBlock } from "../../../domain/address.ts"
import { isIpv4Block, roomOf } from "../../draw/draw-address.ts"
import type { FleetSpec } from "../fleet-spec.ts"
import type { Mistake } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"
import { labelsOf } from "./labels.ts"

interface Block {
  readonly text: string
  readonly label: string
  readonly place: number
}

const firstOf = (block: string): string => block.slice(0, block.indexOf("/"))
const bitsOf = (block: string): number => Number(block.slice(block.indexOf("/") + 1))

/** Blocks contain one another or nothing of each other. */
const overlap = (a: string, b: string): boolean =>
  isIpv4Block(a) === isIpv4Block(b) &&
  (bitsOf(a) <= bitsOf(b) ? parseBlock(a)!(firstOf(b)) : parseBlock(b)!(firstOf(a)))

const nobodys = ["240.0.0.0/4", "2001:db8::/32"]

const problemOf = ({ text, label }: Block, before: ReadonlyArray<Block>): string | undefined => {
  if (!nobodys.some((wide) => bitsOf(wide) <= bitsOf(text) && parseBlock(wide)!(firstOf(text)))) {
    return `${text} is not nobody's, as 240.0.0.0/4 and 2001:db8::/32 are`
  }
  // A narrower block of somebody else within a wide one is somebody else's; the same block cannot be.
  const other = before.find(
    (block) => overlap(block.text, text) && (block.label === label || bitsOf(block.text) === bitsOf(text))
  )
  if (other === undefined) return undefined
  return other.label === label ? `overlaps ${other.text} of the same hosting` : `is a block of hosting ${other.label} too`
}

const kindsOf = (fleet: FleetSpec): ReadonlySet<"ipv4" | "ipv6"> =>
  new Set(fleet.names.flatMap(({ on = "ipv4" }) => (on === "onion" ? [] : on === "dual" ? ["ipv4", "ipv6"] : [on])))

/** Too few addresses of a kind for all servers that may be drawn there. */
const crowded = (scenario: Scenario, label: string, blocks: ReadonlyArray<string>): ReadonlyArray<Mistake> =>
  (["ipv4", "ipv6"] as const).flatMap((kind) => {
    const mine = blocks.filter((block) => isIpv4Block(block) === (kind === "ipv4"))
    const there = (scenario.fleets ?? []).filter(
      (fleet) => labelsOf(fleet.hosting).includes(label) && kindsOf(fleet).has(kind)
    )
    const matches = mine.map((block) => parseBlock(block)!)
    const listed = (scenario.servers ?? [])
      .flatMap((server) => server.names.flatMap((name) => [name.host, ...(name.addresses ?? [])]))
      .filter((address) => isServerAddress(address, true) && matches.some((match) => match(address)))
    const wanted = there.reduce((sum, fleet) => sum + fleet.count, new Set(listed).size)
    const room = mine.reduce((sum, block) => sum + roomOf(block), 0)
    if (there.length === 0 || mine.length === 0 || wanted <= room) return []
    const name = kind === "ipv4" ? "IPv4" : "IPv6"
    return [{
      path: ["hosting", label, "blocks"],
      message: `has room for ${room} ${name} addresses; up to ${wanted} servers are there`
    }]
  })

/** Where fleets are that is nowhere, or that lacks a kind of address. */
const lost = (fleet: FleetSpec, i: number, scenario: Scenario): ReadonlyArray<Mistake> =>
  labelsOf(fleet.hosting).flatMap((label) => {
    const at = ["fleets", i, "hosting", ...(typeof fleet.hosting === "string" ? [] : [label])]
    const blocks = scenario.hosting?.[label]?.blocks
    if (blocks === undefined) return [{ path: at, message: `there is no hosting ${label}` }]
    const kinds = kindsOf(fleet)
    if (kinds.has("ipv4") && !blocks.some(isIpv4Block)) return [{ path: at, message: `hosting ${label} has no IPv4 block` }]
    if (kinds.has("ipv6") && blocks.every(isIpv4Block)) return [{ path: at, message: `hosting ${label} has no IPv6 block` }]
    const small = fleet.within === undefined
      ? undefined
      : blocks.find((block) => isIpv4Block(block) && bitsOf(block) > fleet.within! && roomOf(block) < fleet.count)
    return small === undefined ? [] : [{ path: at, message: `${small} of hosting ${label} is too small for ${fleet.count} servers` }]
  })

/** Blocks that are somebody's, that two have, or that are too small. */
export const mistakesOfHosting = (scenario: Scenario): ReadonlyArray<Mistake> => {
  const blocks = Object.entries(scenario.hosting ?? {}).flatMap(([label, hosting]) =>
    hosting.blocks.map((text, place): Block => ({ text, label, place }))
  )
  return [
    ...blocks.flatMap((block, i) => {
      const message = problemOf(block, blocks.slice(0, i))
      return message === undefined ? [] : [{ path: ["hosting", block.label, "blocks", block.place], message }]
    }),
    ...(scenario.fleets ?? []).flatMap((fleet, i) => lost(fleet, i, scenario)),
    ...Object.entries(scenario.hosting ?? {}).flatMap(([label, hosting]) => crowded(scenario, label, hosting.blocks))
  ]
}
