import { Flag } from "effect/cli"
import { answerWords, type ServerFilter, type Unknowable, unknowable } from "../atlas/shapes/server-filter.ts"
import { choice, integer, nullable, number, repeated, text } from "./option.ts"

/** Numbers of a repeated flag; a text that is none is wrong usage. */
const numbers = (flag: Flag.Flag<ReadonlyArray<string>>) =>
  flag.pipe(
    Flag.filter((texts) => texts.every((it) => /^[0-9]+$/.test(it)), (texts) => `whole numbers, not ${texts.join(", ")}`),
    Flag.map((texts) => texts.map(Number))
  )

/** The flags by which servers are chosen, with the words of the viewer's filter. */
export const serverFilterFlags = {
  search: nullable(text("search", "Only servers with this in a host, address, software or organisation.")),
  implementation: repeated("implementation", "Only servers that behave like this software."),
  country: repeated("country", "Only servers in this country."),
  asn: numbers(repeated("asn-number", "Only servers in this autonomous system.")),
  networkClass: repeated("network-class", "Only servers with hosts of this kind: ipv4, ipv6, onion, name."),
  networkClasses: repeated("network-classes", "Only servers with exactly these kinds of host, e.g. ipv4+onion."),
  cloud: repeated("cloud", "Only servers at this cloud provider."),
  tls: repeated("tls", "Only servers that agreed on this version of TLS, e.g. TLSv1.3."),
  walletAccepts: nullable(choice("wallet-accepts", answerWords, "Only servers that the wallet's TLS rule accepts, refuses, or of which that is not known.")),
  reachable: nullable(choice("reachable", answerWords, "Only servers that answered, did not, or of which that is not known.")),
  cluster: numbers(repeated("cluster", "Only members of this group of a probable operator.")),
  community: numbers(repeated("community", "Only members of this community.")),
  behaviour: numbers(repeated("behaviour", "Only members of this group that behaves alike.")),
  scoreMin: nullable(number("score-min", "Only servers with this score of suspicion or more.")),
  scoreMax: nullable(number("score-max", "Only servers with this score of suspicion or less.")),
  degreeMin: nullable(integer("degree-min", "Only servers that so many servers name, or more.")),
  degreeMax: nullable(integer("degree-max", "Only servers that so many servers name, or fewer.")),
  namesMin: nullable(integer("names-min", "Only servers that name so many servers, or more.")),
  namesMax: nullable(integer("names-max", "Only servers that name so many servers, or fewer.")),
  coreMin: nullable(integer("core-min", "Only servers in this core of the announcement graph, or a higher one.")),
  coreMax: nullable(integer("core-max", "Only servers in this core of the announcement graph, or a lower one.")),
  latencyMin: nullable(number("latency-min", "Only servers whose median answer takes so many milliseconds, or more.")),
  latencyMax: nullable(number("latency-max", "Only servers whose median answer takes so many milliseconds, or less.")),
  uptimeMin: nullable(number("uptime-min", "Only servers that answered this share of visits (0 to 1), or more.")),
  uptimeMax: nullable(number("uptime-max", "Only servers that answered this share of visits (0 to 1), or less.")),
  unknown: repeated("unknown", `Only servers of which one of these is not known: ${unknowable.join(", ")}.`).pipe(
    Flag.filter((names) => names.every((name) => (unknowable as ReadonlyArray<string>).includes(name)), (names) => `some of ${unknowable.join(", ")}, not ${names.join(", ")}`),
    Flag.map((names) => names as ReadonlyArray<Unknowable>)
  )
}

/** The filter that these flags say; what was not given narrows nothing. */
export const serverFilterOf = (input: { readonly [K in keyof Required<ServerFilter>]: Required<ServerFilter>[K] | null }): ServerFilter =>
  Object.fromEntries(
    (Object.keys(serverFilterFlags) as ReadonlyArray<keyof ServerFilter>).flatMap((name) => {
      const value = input[name]
      return value === null || (Array.isArray(value) && value.length === 0) ? [] : [[name, value]]
    })
  )
