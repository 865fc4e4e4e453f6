import type { Backend } from "./backend.ts"
import type { SimulatedChain } from "./chain.ts"
import type { PeerSource } from "./peer-lists.ts"
import type { SeededRandom } from "./random.ts"
import type { Software } from "./software.ts"

/** One of the names a server is known by, with the ports it offers there. */
export interface ServerName {
  /** A name, an address literal or an onion service. */
  readonly host: string
  readonly tcp: number | null
  readonly tls: number | null
}

/** How `server.features` fills `hosts`: all names, none, or romanz' malformed `{"tcp_port": N}`. */
export type HostsShape = "all" | "none" | "malformed"

/** What one server process knows: everything its replies are made of. */
export interface ServerModel {
  readonly software: Software
  /** As printed, e.g. `1.6.0` (ElectrumX) or `1.6` (Fulcrum). */
  readonly protocolMaximum: string
  readonly chain: SimulatedChain
  readonly backend: Backend
  readonly banner: string | null
  readonly donation: string | null
  readonly names: ReadonlyArray<ServerName>
  readonly hosts: HostsShape
  /** Blockstream's electrs answers `server.features` only when built with discovery. */
  readonly discovery: boolean
  readonly peers: PeerSource
  /** Draws made while serving (subsets of peers, jitter). */
  readonly random: SeededRandom
}

/** host -> its ports, as `server.features` shows it; the keys of the ports in the order given. */
export const featureHosts = (model: ServerModel): { readonly [host: string]: { readonly [key: string]: number } } =>
  model.hosts === "none"
    ? {}
    : Object.fromEntries(
        model.names.map((name) => [
          name.host,
          {
            ...(name.tcp === null ? {} : { tcp_port: name.tcp }),
            ...(name.tls === null ? {} : { ssl_port: name.tls })
          }
        ])
      )
