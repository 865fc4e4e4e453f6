import type { PlannedServer } from "../plan/plan.ts"

/**
 * What a server's conduct is to those who ask it: it says what is not so, it
 * hurts whoever reads its answers, or it merely does not work.
 */
export type Hostility = "deceives" | "attacks" | "broken"

/** Traits that hurt a reader: without end or measure, or meant for a screen. */
const attacking: ReadonlySet<string> = new Set([
  "tarpit",
  "endless-garbage",
  "long-certificate-chain",
  "dribble",
  "one-byte-a-second",
  "endless-padding",
  "notification-flood",
  "deep-nesting",
  "huge-banner",
  "banner-escapes",
  "html-banner",
  "html-errors",
  "escape-errors",
  "huge-errors",
  "huge-features",
  "huge-histogram",
  "huge-number",
  "odd-hosts",
  "endless-history",
  "endless-merkle",
  "million-peers",
  "repeated-peers",
  "markup-peers"
])

/** Traits that state what is not so: about itself, the chain, a history, other servers. */
const deceiving: ReadonlySet<string> = new Set([
  "new-certificate-each-time",
  "wrong-genesis",
  "genesis-changes",
  "claims-other-host",
  "claims-other-onion",
  "claims-other-software",
  "another-software-each-time",
  "another-banner-each-time",
  "version-downgrade",
  "stale-tip",
  "absurd-tip",
  "work-free-tip",
  "tip-from-the-future",
  "unconnected-tip",
  "always-genesis",
  "short-headers",
  "shuffled-headers",
  "repeated-history",
  "invented-history",
  "absurd-heights",
  "wrong-status",
  "wrong-balance",
  "absurd-balance",
  "wrong-values",
  "wrong-merkle",
  "wrong-transaction",
  "phishing-broadcast",
  "private-peers",
  "invented-peers",
  "onion-swarm",
  "many-ports",
  "whole-block-peers",
  "many-names",
  "many-spellings",
  "moving-port"
])

/** Whether a trait deceives or attacks whoever asks. */
export const deceivesOrAttacks = (trait: string): boolean => deceiving.has(trait) || attacking.has(trait)

/**
 * The worst of what a server does; null for one that does what its software
 * does, whoever it says it is. Relays and copies deceive about whose answers
 * they are; accidents of a machine or a line are nobody's intention.
 */
export const hostilityOf = ({ conduct, lies, traits }: Pick<PlannedServer, "conduct" | "lies" | "traits">): Hostility | null => {
  const poses = conduct.some((text) => /^(?:relays|copies) /.test(text))
  const isLying = lies.some((lie) => !("innocent" in lie))
  if (poses || isLying || traits.some((trait) => deceiving.has(trait))) return "deceives"
  if (traits.some((trait) => attacking.has(trait))) return "attacks"
  return traits.length > 0 ? "broken" : null
}

/** Names in the lists above, for a test: a trait that was renamed must not turn harmless. */
export const classifiedTraits: ReadonlyArray<string> = [...attacking, ...deceiving]
