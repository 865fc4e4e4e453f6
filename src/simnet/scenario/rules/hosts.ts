import { addressScope, ipVersion, isServerAddress } from "../../../domain/address.ts"
import { isOnion } from "../../draw/draw-address.ts"
import type { Mistake } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"
import type { ServerSpec } from "../server-spec.ts"

const testName = /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+test$/i

/** Whether an address is nobody's, so that a simulated server can have it. */
const isNobodys = (address: string): boolean => isServerAddress(address, true) && addressScope(address) !== "public"

const notNobodys = (address: string): string => `${address} is not nobody's, as 240.0.0.0/4 and 2001:db8::/32 are`

/** What is wrong with a host of a simulated server; undefined where nothing is. */
export const hostProblem = (host: string): string | undefined => {
  if (ipVersion(host) !== undefined) return isNobodys(host) ? undefined : notNobodys(host)
  if (/\.onion$/i.test(host)) return isOnion(host) ? undefined : `${JSON.stringify(host)} is no onion service of version 3`
  if (host.length <= 253 && testName.test(host)) return undefined
  return /^[a-z0-9_.-]+$/i.test(host)
    ? `${host} may be somebody's; names of simulated servers end in .test`
    : `${JSON.stringify(host)} is no host`
}

/** What is wrong with an address where nothing is simulated. */
const deadAddressProblem = (address: string): string | undefined => {
  if (ipVersion(address) === undefined) return `${JSON.stringify(address)} is no IP address`
  return addressScope(address) === "public" ? notNobodys(address) : undefined
}

const addressProblem = (address: string, server: ServerSpec): string | undefined => {
  // Names may point to where nobody can be, e.g. to 127.0.0.1, but then nobody is there.
  if (server.fails !== undefined || ipVersion(address) === undefined) return deadAddressProblem(address)
  return isNobodys(address) ? undefined : notNobodys(address)
}

const mistakesOfServer = (server: ServerSpec, i: number): ReadonlyArray<Mistake> =>
  server.names.flatMap((name, j) => {
    const path = ["servers", i, "names", j]
    const mistakes: Array<Mistake> = []
    const say = (key: string, place: number | undefined, message: string | undefined): void => {
      if (message !== undefined) mistakes.push({ path: [...path, key, ...(place === undefined ? [] : [place])], message })
    }
    say("host", undefined, hostProblem(name.host))
    const isLiteral = ipVersion(name.host) !== undefined || isOnion(name.host)
    if (name.addresses !== undefined && isLiteral) say("addresses", undefined, `${name.host} is found without addresses`)
    for (const [k, address] of (name.addresses ?? []).entries()) say("addresses", k, addressProblem(address, server))
    for (const [k, address] of (name.dead_addresses ?? []).entries()) say("dead_addresses", k, deadAddressProblem(address))
    return mistakes
  })

/** Names and addresses that are none, or that may be somebody's. */
export const mistakesOfHosts = (scenario: Scenario): ReadonlyArray<Mistake> => [
  ...(scenario.servers ?? []).flatMap(mistakesOfServer),
  ...(["servers", "fleets"] as const).flatMap((section) =>
    (scenario[section] ?? []).flatMap((spec, i) =>
      (spec.claims ?? []).flatMap((host, j) => {
        const message = hostProblem(host)
        return message === undefined ? [] : [{ path: [section, i, "claims", j], message }]
      })
    )
  ),
  ...(scenario.public_suffixes ?? []).flatMap((suffix, i) => {
    const message = hostProblem(suffix)
    return message === undefined ? [] : [{ path: ["public_suffixes", i], message }]
  })
]
