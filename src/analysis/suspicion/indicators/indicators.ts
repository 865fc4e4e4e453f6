import type { Indicator } from "../indicator.ts"
import { certificateReuse, interceptionAuthority, longValidity } from "./certificates.ts"
import { hiddenFleet, identicalDeviations } from "./common-control.ts"
import { contradictedProofs } from "./contradicted-proofs.ts"
import { contradictions } from "./contradictions.ts"
import { harmfulTexts } from "./harmful-texts.ts"
import { inconstantMempool } from "./inconstant-mempool.ts"
import { inventedPeers } from "./invented-peers.ts"
import { knownHistories } from "./known-histories.ts"
import { protocolAnswers } from "./protocol-answers.ts"
import { repliesWithoutMeasure } from "./replies-without-measure.ts"
import { selectiveAnswers } from "./selective-answers.ts"
import { logging, perfectUptime } from "./unmeasured.ts"
import { workAndCheckpoints } from "./work-and-checkpoints.ts"

/** Every indicator by its name in the table of indicators. */
export const indicators = {
  "work and checkpoints": workAndCheckpoints,
  "known histories": knownHistories,
  "contradicted proofs": contradictedProofs,
  "selective answers": selectiveAnswers,
  "replies without measure": repliesWithoutMeasure,
  "modified protocol answers": protocolAnswers,
  "self-contradicting metadata": contradictions,
  "inconstant mempool": inconstantMempool,
  "invented peers": inventedPeers,
  "harmful texts": harmfulTexts,
  "interception authority": interceptionAuthority,
  "certificate reuse": certificateReuse,
  "hidden fleet": hiddenFleet,
  "identical deviations": identicalDeviations,
  "very long validity": longValidity,
  "perfect uptime": perfectUptime,
  "logging": logging
} as const satisfies Readonly<Record<string, Indicator>>

export type IndicatorName = keyof typeof indicators
