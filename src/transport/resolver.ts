import { Context, type Effect, Layer } from "effect"
import * as live from "./live-resolver.ts"
import * as table from "./table-resolver.ts"
import type { TransportError } from "./transport-error.ts"

/** Names to addresses and back, and texts, by DNS alone: hosts files and search lists are this machine's, not the network's. */
export interface ResolverShape {
  /**
   * All addresses of a name, IPv4 first, canonical, at least one, at most 16 or as many as asked for.
   * Fails with reason `dns` (detail: the resolver's code, e.g. `ENOTFOUND`),
   * `policy` (loopback only) or `us` (no name server, no network).
   */
  readonly addresses: (name: string, most?: number) => Effect.Effect<ReadonlyArray<string>, TransportError>
  /** The PTR names of an address as its owner wrote them, at most 16; fails as `addresses` does. */
  readonly names: (address: string) => Effect.Effect<ReadonlyArray<string>, TransportError>
  /** The TXT records of a name, each in one piece, at most 16 of at most 4,096 characters; fails as `addresses` does. */
  readonly texts: (name: string) => Effect.Effect<ReadonlyArray<string>, TransportError>
}

export class Resolver extends Context.Service<Resolver, ResolverShape>()("electrum-observatory/Resolver") {
  /** Asks the system's name servers, or one given. */
  static readonly layer = (options: live.ResolverOptions): Layer.Layer<Resolver> =>
    Layer.effect(Resolver, live.make(options))

  /** Answers from a table, for tests. */
  static readonly layerTable = (records: table.DnsTable): Layer.Layer<Resolver> =>
    Layer.succeed(Resolver, table.make(records))
}
