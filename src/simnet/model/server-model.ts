import type { SimulatedChain } from "../chain/chain.ts"
import type { SeededRandom } from "../draw/random.ts"
import type { Backend } from "../world/backend.ts"
import type { WorldClock } from "../world/world-clock.ts"
import type { PeerSource } from "./peer-lists.ts"
import type { Software } from "./software.ts"

/** One of the names a server is known by, with the ports it offers there. */
export interface ServerName {
  /** A name, an address literal or an onion service. */
  readonly host: string
  readonly tcp: number | null
  readonly tls: number | null
  /** WebSocket ports are told and not served. */
  readonly ws: number | null
  readonly wss: number | null
}

/** How `server.features` fills `hosts`: all names, the first, none, or romanz' malformed `{"tcp_port": N}`. */
export type HostsShape = "all" | "first" | "none" | "malformed"

/** What one server process knows: everything its replies are made of. */
export interface ServerModel {
  readonly software: Software
  /** What it says that it is: the same, but for those that lie about it. */
  readonly reported: Software
  /** As printed, e.g. `1.6.0` (ElectrumX) or `1.6` (Fulcrum). */
  readonly protocolMaximum: string
  readonly chain: SimulatedChain
  readonly backend: Backend
  /** Polls and caches run on the world's time, as the blocks and transactions do that they are about. */
  readonly clock: WorldClock
  /** With the variables of the software, e.g. `$DAEMON_VERSION`, which ElectrumX and Fulcrum fill in. */
  readonly banner: string | null
  /** Shown to clients of its onion names instead, by the families that can. */
  readonly torBanner: string | null
  readonly donation: string | null
  readonly names: ReadonlyArray<ServerName>
  readonly hosts: HostsShape
  /** Hosts of others that `server.features` claims, with ports. */
  readonly claims: ReadonlyArray<ServerName>
  /** Blockstream's electrs answers `server.features` only when built with discovery. */
  readonly discovery: boolean
  readonly peers: PeerSource
  /** Draws made while serving (subsets of peers, jitter). */
  readonly random: SeededRandom
}

/** The names that `server.features` tells, true or not. */
export const toldNames = (model: ServerModel): ReadonlyArray<ServerName> => {
  if (model.hosts === "none") return []
  const own = model.hosts === "first" ? model.names.slice(0, 1) : model.names
  return [...own, ...model.claims]
}

/** host -> its ports, as `server.features` shows it; the keys of the ports in the order given. */
export const featureHosts = (model: ServerModel): { readonly [host: string]: { readonly [key: string]: number } } =>
  Object.fromEntries(
    toldNames(model).map((name) => [
      name.host,
      {
        ...(name.tcp === null ? {} : { tcp_port: name.tcp }),
        ...(name.tls === null ? {} : { ssl_port: name.tls }),
        ...(name.ws === null ? {} : { ws_port: name.ws }),
        ...(name.wss === null ? {} : { wss_port: name.wss })
      }
    ])
  )
