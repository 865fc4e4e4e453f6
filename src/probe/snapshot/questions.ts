import { compareProtocolVersions, parseProtocolVersion } from "../../domain/protocol-version.ts"
import { estimateFee, feeHistogram, headersSubscribe, mempoolInfo, relayFee } from "../../electrum/methods.ts"
import type { Probe } from "../catalogue.ts"

/**
 * Targets asked for, in blocks: the next ones, hours, a day, a week (protocol
 * facts, section 8: what betrays a shared node). Each is one that Blockstream
 * electrs has among those it keeps.
 */
const snapshotTargets = [1, 2, 6, 10, 25, 144, 1008] as const

/** What one server is asked at a snapshot. */
export interface SnapshotQuestions {
  readonly tipBefore: Probe
  readonly fees: ReadonlyArray<Probe>
  readonly histogram: Probe
  /** The mempool's information since protocol 1.6, before that the relay fee: the other would be an error. */
  readonly pool: Probe
  /** Asked when all else is answered. */
  readonly tipAfter: Probe
}

const isModern = (protocol: string | null): boolean => {
  const version = parseProtocolVersion(protocol ?? "")
  return version !== undefined && compareProtocolVersions(version, [1, 6]) >= 0
}

/** The questions of one attempt; `attempt` keeps their names apart in a visit that is asked again. */
export const snapshotQuestions = (protocol: string | null, attempt: number): SnapshotQuestions => {
  const suffix = attempt === 1 ? "" : `@${attempt}`
  return {
    tipBefore: {
      name: `tip before${suffix}`,
      method: headersSubscribe,
      params: [],
      harmless: "every wallet keeps this subscription; ours ends with the connection",
      tells: "newest block it knows"
    },
    fees: snapshotTargets.map((target) => ({
      name: `fee#${target}${suffix}`,
      method: estimateFee,
      params: [target],
      harmless: "every wallet asks for six of these each minute",
      tells: "what its node expects: nodes that saw different mempools differ"
    })),
    histogram: {
      name: `fee histogram${suffix}`,
      method: feeHistogram,
      params: [],
      harmless: "kept ready by every server",
      tells: "its node's mempool, and when the server looked at it last"
    },
    pool: isModern(protocol)
      ? {
        name: `mempool info${suffix}`,
        method: mempoolInfo,
        params: [],
        harmless: "settings of its node, kept or cheap to get",
        tells: "what its node relays, how full its mempool is"
      }
      : {
        name: `relay fee${suffix}`,
        method: relayFee,
        params: [],
        harmless: "a setting of its node, kept or cheap to get",
        tells: "what its node relays"
      },
    tipAfter: {
      name: `tip after${suffix}`,
      method: headersSubscribe,
      params: [],
      harmless: "every wallet keeps this subscription; ours ends with the connection",
      tells: "whether a block came while it was asked"
    }
  }
}

/** All that is asked first, in its order: one of each kind, so that a kind that is answered with an error is asked once. */
export const firstPacket = ({ fees, histogram, pool, tipBefore }: SnapshotQuestions): ReadonlyArray<Probe> =>
  [tipBefore, histogram, fees[0]!, pool]

/** All that is asked in the second packet, in its order: more of what was answered. */
export const secondPacket = ({ fees }: SnapshotQuestions): ReadonlyArray<Probe> => fees.slice(1)
