import type { Chain } from "../../domain/chain.ts"
import type { ProbeTarget } from "../../domain/probe-target.ts"
import { blockHeader, electrumxCost } from "../../electrum/methods.ts"
import { featuresProbe, peersProbe, pipelinedProbes, type Probe } from "../catalogue.ts"
import { dataProbes } from "../data-probes.ts"
import type { Persona, QuestionKind } from "./personas.ts"

/** Blocks below the tip of the crawl at which all honest servers agree on a header. */
const settledDepth = 6

/** Scripts whose balance is asked for too: it costs three times what a history does, and who lies about a script lies in both. */
const balances = 2

/** All questions of one connection, by kind. */
const questionsByKind = (
  chain: Chain,
  target: ProbeTarget,
  protocol: string | null
): Readonly<Record<QuestionKind, ReadonlyArray<Probe>>> => {
  const data = dataProbes(chain, protocol)
  const usual = (name: string): ReadonlyArray<Probe> => pipelinedProbes(chain).filter((probe) => probe.name === name)
  const height = target.tipHeight === null ? null : target.tipHeight - settledDepth
  return {
    banner: usual("banner"),
    "donation address": usual("donation address"),
    tip: usual("tip"),
    peers: [peersProbe(1)],
    header: height === null || height < 0 ? [] : [{
      name: `header#${height}`,
      method: blockHeader,
      params: [height],
      harmless: "80 bytes of public chain data, read from a file without asking the node",
      tells: "which branch of the chain it serves"
    }],
    fee: data.fees,
    "fee histogram": [data.histogram],
    pool: [data.pool],
    balance: data.balances.slice(0, balances),
    history: data.histories,
    // Where the regular visit had no answer it is not asked: the connection may end there.
    features: target.hasFeatures ? [featuresProbe] : []
  }
}

/** The packets of one connection; the same questions for every persona. */
export const packetsOf = (
  persona: Persona,
  chain: Chain,
  target: ProbeTarget,
  protocol: string | null
): ReadonlyArray<ReadonlyArray<Probe>> => {
  const questions = questionsByKind(chain, target, protocol)
  return persona.packets
    .map((kinds) => kinds.flatMap((kind) => questions[kind]))
    .filter((packet) => packet.length > 0)
}

/**
 * Errors that one connection may bring at the most. No packet is larger, and the
 * wallet's largest has so many requests: a persona's way of asking is the same
 * however much is on a server's books.
 */
export const segmentErrors = 5

/** Bytes of all replies of one connection, generously: lists of peers are long. */
const replyBytes = 50_000

/** What one connection may cost without errors, in ElectrumX's units: the connection, the handshake, every question, the bytes. */
export const segmentAllowance = (chain: Chain, target: ProbeTarget): number =>
  Math.max(...["1.4", "1.6"].map((protocol) =>
    Object.values(questionsByKind(chain, target, protocol)).flat().reduce((sum, { method }) => sum + method.cost, 0)))
  + electrumxCost.connection + 0.5 + replyBytes / electrumxCost.bytesPerUnit
