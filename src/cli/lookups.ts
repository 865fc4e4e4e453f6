import { Effect, Layer } from "effect"
import type { EnrichSummary } from "../crawl/enrich-crawl.ts"
import { Enricher } from "../enrich/enricher.ts"
import { isLoopback, isLoopbackOnly, loopbackRefusal } from "../transport/address-policy.ts"
import { parseNameServer } from "../transport/name-server.ts"
import { Resolver } from "../transport/resolver.ts"
import { usageError } from "./network.ts"

/** The lookup flags as parsed. */
export interface LookupInput {
  readonly asn: "cymru" | "off"
  readonly ptr: boolean
  readonly geoip: ReadonlyArray<string>
  readonly cloudRanges: ReadonlyArray<string>
  /** Questions a second; null for the default. */
  readonly lookupRate: number | null
}

/** What decides who may be asked about addresses. */
export interface LookupSituation {
  readonly resolver: string | null
  readonly throughProxy: boolean
  readonly simulated: boolean
}

const defaultRate = 20

/**
 * From flags to a way of looking up. The system's name servers are asked only
 * where they were asked anyway: not through a proxy, whose user does not want
 * to be seen, and not about a simulated network, of which they know nothing.
 */
export const lookupsOf = Effect.fnUntraced(function*(input: LookupInput, situation: LookupSituation) {
  const { resolver, simulated, throughProxy } = situation
  const loopbackOnly = isLoopbackOnly(process.env["OBSERVATORY_LOOPBACK_ONLY"]) || simulated
  const server = resolver === null ? null : parseNameServer(resolver)
  if (typeof server === "string") return yield* usageError(`--resolver ${resolver}: ${server}.`)
  const refusal = server !== null
    ? simulated && !isLoopback(server.address)
      ? `the name server of a simulated network is on loopback, not ${server.address}`
      : loopbackRefusal(server.address, { loopbackOnly }, "name server") ?? null
    : simulated
    ? "of a simulated network only --resolver is asked"
    : throughProxy
    ? "through a proxy only --resolver is asked"
    : loopbackOnly
    ? "OBSERVATORY_LOOPBACK_ONLY forbids the system's name servers"
    : null
  return Enricher.layer({
    simulated,
    refusal,
    rate: input.lookupRate ?? (simulated ? 0 : defaultRate),
    asn: input.asn,
    ptr: input.ptr,
    geoFiles: input.geoip,
    cloudRanges: input.cloudRanges
  }).pipe(Layer.provide(Resolver.layer({ server, loopbackOnly })))
})

/** What a command without lookup flags of its own does. */
export const allLookups: LookupInput = { asn: "cymru", ptr: true, geoip: [], cloudRanges: [], lookupRate: null }

/** What was looked up, as lines of a summary. */
export const lookupLines = (summary: EnrichSummary): ReadonlyArray<string> => [
  `  addresses  ${summary.addresses} looked up, ${summary.answered} facts found`,
  ...(summary.hostsWithoutAddress === 0 ? [] : [
    `  ${summary.hostsWithoutAddress} hosts have no address that we know${summary.lack === null ? "" : ` (${summary.lack})`}`
  ]),
  ...summary.notes.map((note) => `  ${note}`)
]
