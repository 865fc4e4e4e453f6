import { Effect, Stream } from "effect"
import type { AdvertisedService, Source } from "../../domain/advertisement.ts"
import type { Chain } from "../../domain/chain.ts"
import { parseEndpoint } from "../../domain/endpoint.ts"
import { type Host, parseHost } from "../../domain/host.ts"
import { Resolver } from "../../transport/resolver.ts"
import { advertisementOf, strangersRulesOn } from "../claim.ts"
import { DiscoveryError, unreachedReason } from "../discovery-error.ts"
import { readingTimeoutMs, saidBy, type SeedSource } from "./seed-source.ts"

/** Addresses of one name that are taken: as many as one answer of a name server can hold. */
const mostAddresses = 4_000

/** A name whose every address is a server. */
export interface DnsName {
  readonly name: Host
  readonly services: ReadonlyArray<AdvertisedService>
}

/** Read `NAME`, with the chain's default ports, or `NAME:PORT:t|s`. A string says what is wrong. */
export const parseDnsName = (text: string, chain: Chain): DnsName | string => {
  const endpoint = parseEndpoint(text, { localNames: true })
  const name = parseHost(typeof endpoint === "string" ? text : endpoint.host, { localNames: true })
  if (typeof name === "string") return name
  if (name.networkClass !== "name") return "that is no name in the DNS"
  const { default_ports: { tcp, tls } } = chain
  return {
    name,
    services: typeof endpoint === "string"
      ? [{ port: tcp, transport: "tcp" }, { port: tls, transport: "tls" }]
      : [{ port: endpoint.port, transport: endpoint.transport }]
  }
}

/**
 * All addresses of a name, each a server of its own, as DNS seeds and names
 * balanced over servers have them. The name server's word, not the user's.
 */
export const dnsSource = ({ name, services }: DnsName, chain: Chain, allowPrivate: boolean): SeedSource<Resolver> => {
  const source: Source = { kind: "dns", name: name.text, detail: null }
  const rules = strangersRulesOn(chain, allowPrivate)
  return {
    source,
    timeoutMs: readingTimeoutMs,
    heard: Stream.fromEffect(
      Effect.flatMap(Resolver, (resolver) => resolver.addresses(name.text, mostAddresses)).pipe(
        Effect.mapError((error) =>
          new DiscoveryError({
            reason: unreachedReason(error),
            subject: name.text,
            message: `${name.text}: ${error.message}`
          })
        ),
        Effect.map((addresses) =>
          saidBy(source, addresses.map((address) =>
            advertisementOf({ raw: `${name.text} ${address}`, host: address, address: null, versionText: null, pruning: null, services, notes: [] }, rules)
          ))
        )
      )
    )
  }
}
