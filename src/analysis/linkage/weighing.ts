import type { Comparison, Question } from "../comparisons/comparison.ts"
import type { Hypothesis, Limit, Reduction } from "./compared-pair.ts"
import type { Direction } from "./direction.ts"
import type { Evening } from "./one-evening.ts"
import { bitsOf, model, priorAmong, probabilityOf } from "./model.ts"
import { addTo, cappedBits, type Doubt, isKey, isOwned, type Leg, noSums, operatorProbability, roleOf } from "./operator-verdict.ts"
import type { Outcomes } from "./outcomes.ts"
import { isAgreement, type Rates } from "./rates.ts"
import { isVoice, type ThirdParties } from "./third-parties.ts"

export const questions: ReadonlyArray<Question> = ["same server", "same machine", "shared infrastructure", "same operator"]
const operator = questions.indexOf("same operator")

/** What a crawl shows before anything is learnt from its pairs. */
export interface Given {
  readonly rates: Rates
  /** By number of key: log odds at which a pair is held that shares no more. */
  readonly keyHeldAt: Float64Array
  readonly thirdParties: ThirdParties
  /** By number of pair: what it stands on at a node that is nobody else's. */
  readonly nodeLegs: ReadonlyMap<number, ReadonlyArray<Leg>>
  /** By number of pair: that their software was changed in one evening with that of others at their node. */
  readonly evenings: ReadonlyMap<number, Evening>
}

/** All that turns outcomes into bits. */
export interface Weights extends Given {
  /** By comparison, then level: P(outcome | the question is answered yes, both values known). */
  readonly m: ReadonlyArray<Float64Array>
  /** Prior probability that a random pair has one operator. */
  readonly operatorPrior: number
  /** Servers of the crawl, which the other priors go by. */
  readonly servers: number
}

/** The verdict on one pair; overwritten by the next weighing. */
export interface Weighed {
  /** In the order of `questions`. */
  readonly probability: Float64Array
  operatorBits: number
  hypothesis: Hypothesis
  limit: Limit | null
  /** Outcomes of the pair, counted from its first. */
  readonly bits: Float64Array
  readonly counted: Uint8Array
  readonly reduction: Array<Reduction | null>
  /** What a verdict can stand on. */
  legs: ReadonlySet<Leg>
  /** Bits of the counted outcomes that speak against. */
  against: number
}

/** Binary logarithm of P(outcome | strangers) of every outcome: documented or measured, by the value's own frequency where it has one. */
export const logChances = (comparisons: ReadonlyArray<Comparison>, outcomes: Outcomes, rates: Rates): Float64Array => {
  const logs = new Float64Array(outcomes.comparison.length)
  for (let k = 0; k < logs.length; k++) {
    const c = outcomes.comparison[k]!
    const level = outcomes.level[k]!
    const key = outcomes.key[k]!
    const frequency = key < 0 ? 0 : rates.frequency[key]!
    const u = frequency > 0 ? Math.max(comparisons[c]!.levels[level]!.u, frequency) : rates.u[c]![level]!
    logs[k] = Math.log2(Math.min(1, u))
  }
  return logs
}

/** What an evening that is a leg is worth, in bits. */
const eveningBits = ({ chance }: Evening): number => Math.log2(model.eveningOfOne / Math.max(model.rarestEvening, chance))

/**
 * Weighs pair after pair into one result.
 *
 * @param logChance as `logChances` gives it, of the rates of the weights
 */
export const makeWeigher = (comparisons: ReadonlyArray<Comparison>, outcomes: Outcomes, weights: Weights, logChance: Float64Array) => {
  const size = comparisons.length
  const { evenings, keyHeldAt, nodeLegs, thirdParties } = weights
  const logM = weights.m.map((levels) => levels.map(Math.log2))
  const logLift = weights.rates.lift.map(Math.log2)
  const priors = questions.map((question) =>
    bitsOf(question === "same operator" ? weights.operatorPrior : priorAmong(question, weights.servers)))
  const question = Uint8Array.from(comparisons, (comparison) => questions.indexOf(comparison.question))
  const bundleNames = [...new Set(comparisons.map(({ bundle }) => bundle))]
  const bundle = Uint8Array.from(comparisons, (comparison) => bundleNames.indexOf(comparison.bundle))
  const roles = comparisons.map(roleOf)
  const voice = comparisons.map(isVoice)
  /** Who copies or relays another brings it about. */
  const brings = comparisons.map(({ forgeability }, c) => forgeability === "backend" || ["copyable", "possession", "image"].includes(roles[c]!.part))
  const agreement = comparisons.map((comparison) => comparison.levels.map((_, level) => isAgreement(comparison, level)))
  let widest = 1
  for (let i = 0; i < outcomes.first.length; i++) widest = Math.max(widest, outcomes.start[i + 1]! - outcomes.start[i]!)
  const weighed: Weighed = {
    probability: new Float64Array(questions.length),
    operatorBits: 0,
    hypothesis: "strangers",
    limit: null,
    bits: new Float64Array(widest),
    counted: new Uint8Array(widest),
    reduction: Array.from({ length: widest }, () => null),
    legs: new Set(),
    against: 0
  }
  const { bits, counted, reduction } = weighed
  const ownBits = new Float64Array(widest)
  const ownCounted = new Uint8Array(widest)
  const ownReduction: Array<Reduction | null> = Array.from({ length: widest }, () => null)
  const order = new Uint16Array(widest)
  const taken = new Uint16Array(widest)
  let takenCount = 0

  /** Bits of every outcome, alone. */
  const fill = (i: number): void => {
    const [from, to] = [outcomes.start[i]!, outcomes.start[i + 1]!]
    const evening = evenings.get(i)
    for (let k = from; k < to; k++) {
      const c = outcomes.comparison[k]!
      const level = outcomes.level[k]!
      const raw = logM[c]![level]! - logChance[k]!
      reduction[k - from] = null
      counted[k - from] = 0
      bits[k - from] = agreement[c]![level]! ? Math.max(0, raw) : Math.max(-model.againstCap, Math.min(0, raw))
      if (evening?.limit === null && roles[c]!.leg === "administered") bits[k - from] = eveningBits(evening)
    }
  }

  /** Takes one outcome, unless one taken before says the same. */
  const take = (from: number, k: number, isExplained: boolean): void => {
    const c = outcomes.comparison[from + k]!
    let lift = 0
    let isSame = false
    for (let t = 0; t < takenCount; t++) {
      const d = outcomes.comparison[from + taken[t]!]!
      if (bundle[d] === bundle[c]) isSame = true
      lift = Math.max(lift, logLift[d * size + c]!)
    }
    if (isExplained && bits[k]! > 0) {
      reduction[k] = "explained by copying"
      return
    }
    if (isSame) {
      reduction[k] = "same decision"
      return
    }
    if (bits[k]! > 0 && lift > 0) {
      const dependent = Math.max(0, logM[c]![outcomes.level[from + k]!]! - Math.min(0, logChance[from + k]! + lift))
      if (dependent < bits[k]!) {
        // Less than a tenth of a bit is not worth a word.
        if (bits[k]! - dependent > 0.1) reduction[k] = "dependent"
        bits[k] = dependent
      }
    }
    if (bits[k] === 0) return
    counted[k] = 1
    taken[takenCount++] = k
  }

  /** Takes what counts of one question, or of all: strongest first, one of a bundle, less what goes along with the others. */
  const count = (from: number, to: number, isExplained: boolean, only: number): void => {
    takenCount = 0
    let ordered = 0
    for (let k = 0; k < to - from; k++) {
      if (only >= 0 && question[outcomes.comparison[from + k]!] !== only) continue
      let place = ordered++
      for (; place > 0 && bits[order[place - 1]!]! < bits[k]!; place--) order[place] = order[place - 1]!
      order[place] = k
    }
    for (let i = 0; i < ordered; i++) if (bits[order[i]!] !== 0) take(from, order[i]!, isExplained)
  }

  /** A key that a pair shares, -1 for none; of several one that is nobody's own, if there is such a one. */
  const keyOf = (i: number): number => {
    let held = -1
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      const c = outcomes.comparison[k]!
      if (!agreement[c]![outcomes.level[k]!]! || !isKey(roles[c]!.leg)) continue
      if (held < 0 || thirdParties.isDisputed(outcomes.key[k]!)) held = outcomes.key[k]!
    }
    return held
  }

  /** Whether what a pair shares may be a third party's; asks all outcomes, also those that weigh nothing. */
  const doubtOf = (i: number, held: number): Doubt | null => {
    const [from, to] = [outcomes.start[i]!, outcomes.start[i + 1]!]
    let gift = -1
    let domain = -1
    for (let k = from; k < to; k++) {
      const c = outcomes.comparison[k]!
      const { leg } = roles[c]!
      if (!agreement[c]![outcomes.level[k]!]!) {
        if (voice[c]) return "each has a greeting or an address for gifts of its own"
        continue
      }
      if (leg === "gift") gift = outcomes.key[k]!
      if (leg === "domain") domain = outcomes.key[k]!
    }
    const isDisputed = held >= 0 ? thirdParties.isDisputed(held) : domain >= 0 && thirdParties.isOfSeveral(domain)
    if (isDisputed) return "several who hold what they share have greetings or addresses for gifts of their own"
    // Of a fleet whose gifts nobody else asks for, the other givers are its own.
    const isOwnGift = held < 0 && nodeLegs.get(i)?.includes("gift") === true
    return gift >= 0 && !isOwnGift && thirdParties.isCause(gift, held) ? "gifts of more strangers go to the same address, as to a cause" : null
  }

  /** The question of one operator: caps, conditions, the other hypothesis. */
  const judgeOperator = (i: number, isExplained: boolean): void => {
    const from = outcomes.start[i]!
    const sums = noSums()
    const held = keyOf(i)
    sums.doubt = doubtOf(i, held)
    for (const leg of nodeLegs.get(i) ?? []) sums.legs.add(leg)
    const evening = evenings.get(i)
    if (evening?.limit === null) for (const leg of ["node", "administered"] as const) sums.legs.add(leg)
    for (let t = 0; t < takenCount; t++) {
      const k = taken[t]!
      const key = outcomes.key[from + k]!
      const role = roles[outcomes.comparison[from + k]!]!
      const isBrought = key >= 0 &&
        ((role.leg === "domain" && thirdParties.isGiven(key, held)) || (role.leg === "gift" && thirdParties.isOfFew(key, held)))
      addTo(sums, isBrought ? { ...role, leg: null } : role, bits[k]!, key < 0 ? undefined : keyHeldAt[key]!)
    }
    weighed.legs = sums.legs
    weighed.against = sums.against
    weighed.operatorBits = cappedBits(sums)
    const { limit: because, p } = operatorProbability(sums, weights.operatorPrior)
    const limit = because ?? (p >= model.verdict ? null : evening?.limit ?? null)
    weighed.limit = isExplained ? "one copies or relays the other" : limit
    weighed.probability[operator] = isExplained ? Math.min(p, weights.operatorPrior) : p
    weighed.hypothesis = isExplained
      ? "copies or relays"
      : p >= model.verdict
      ? "same operator"
      : limit !== null
      ? "undecided"
      : "strangers"
  }

  /** Weighs pair `i`. */
  return (i: number, direction: Direction | undefined): Weighed => {
    const from = outcomes.start[i]!
    const to = outcomes.start[i + 1]!
    let others = 0
    // Who holds a key of the other, or is named by it, does more than copy; unless it shows nothing of its own.
    let possesses = false
    let shows = false
    fill(i)
    for (let k = 0; k < to - from; k++) {
      const c = outcomes.comparison[from + k]!
      if (question[c] !== operator) others++
      if (bits[k]! <= 0) continue
      if (bits[k]! >= model.weighty && brings[c]) shows = true
      if (isOwned(roles[c]!.part) && roles[c]!.part !== "image") possesses = true
    }
    for (let q = 0; q < questions.length; q++) {
      if (q === operator) continue
      let sum = priors[q]!
      if (others > 0) {
        count(from, to, false, q)
        for (let t = 0; t < takenCount; t++) sum += bits[taken[t]!]!
      }
      weighed.probability[q] = probabilityOf(sum)
    }
    const isExplained = direction !== undefined && shows && (direction.pipe || !possesses)
    if (others > 0) {
      ownBits.set(bits)
      ownCounted.set(counted)
      for (let k = 0; k < to - from; k++) ownReduction[k] = reduction[k]!
      fill(i)
    }
    count(from, to, isExplained, -1)
    judgeOperator(i, isExplained)
    if (others === 0) return weighed
    // What is shown of a comparison is its part in its own question.
    for (let k = 0; k < to - from; k++) {
      if (question[outcomes.comparison[from + k]!] === operator) continue
      bits[k] = ownBits[k]!
      counted[k] = ownCounted[k]!
      reduction[k] = ownReduction[k]!
    }
    return weighed
  }
}
