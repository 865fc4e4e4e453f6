import { type Chain, decidingHeights } from "../domain/chain.ts"
import { rememberingNumber, rememberingOf } from "../domain/remembering.ts"
import {
  blockHeader,
  headersSubscribe,
  type Method,
  serverBanner,
  serverDonationAddress,
  serverFeatures,
  serverPeersSubscribe,
  serverPing,
  serverVersion
} from "../electrum/methods.ts"

/**
 * One request with a purpose. What it costs a server stands with its method.
 * To add a probe, add it here or to `data-probes.ts`: whatever `pipelinedProbes`
 * and `dataProbes` return is asked in every visit and stored as an observation.
 */
export interface Probe {
  /** As stored, e.g. `banner`, `header#479807`, `peers#2`. Unique within a visit. */
  readonly name: string
  readonly method: Method
  readonly params: ReadonlyArray<unknown>
  /** Why asking it harms nobody. */
  readonly harmless: string
  /** What its reply says about a server. */
  readonly tells: string
}

/** What we speak: 1.6 demands to be asked for by name, 1.4 is what everything since 2018 speaks. */
export const protocolRange = ["1.4", "1.6"] as const

/** The first request of a connection, and alone: protocol 1.6 allows no other before it. */
export const versionProbe = (
  clientName: string,
  protocol: string | readonly [string, string],
  attempt: number
): Probe => ({
  name: attempt === 1 ? "version" : `version#${attempt}`,
  method: serverVersion,
  params: [clientName, protocol],
  harmless: "every client begins with it; it says honestly who asks",
  tells: "software as claimed, protocol agreed on, and how lines are made"
})

/** What is asked first after the handshake. */
export const pipelinedProbes = rememberingOf((chain: Chain): ReadonlyArray<Probe> => [
  {
    name: "banner",
    method: serverBanner,
    params: [],
    harmless: "a text the operator publishes for clients",
    tells: "banner"
  },
  {
    name: "donation address",
    method: serverDonationAddress,
    params: [],
    harmless: "a text the operator publishes for clients",
    tells: "donation address"
  },
  {
    name: "tip",
    method: headersSubscribe,
    params: [],
    harmless: "every wallet keeps this subscription; ours ends with the connection",
    tells: "newest block it knows"
  },
  ...decidingHeights(chain).map((height): Probe => ({
    name: `header#${height}`,
    method: blockHeader,
    params: [height],
    harmless: "80 bytes of public chain data, read from a file without asking the node",
    tells: "which chain it serves"
  })),
  {
    name: "ping",
    method: serverPing,
    params: [],
    harmless: "the protocol's keep-alive",
    tells: "that it answers at all"
  }
])

/** One round of the peer list. Asked after the rest of its packet: a list without end then costs no other reply. */
export const peersProbe = rememberingNumber((round): Probe => ({
  name: `peers#${round}`,
  method: serverPeersSubscribe,
  params: [],
  harmless: "the list is there to be asked for; it makes no subscription",
  tells: "whom it lists"
}))

/** Last and in a packet of its own: a default Blockstream electrs closes the connection on it. */
export const featuresProbe: Probe = {
  name: "features",
  method: serverFeatures,
  params: [],
  harmless: "facts the operator publishes for clients and other servers",
  tells: "hosts, ports and protocols as claimed; Blockstream electrs by closing"
}
