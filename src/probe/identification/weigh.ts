import type { Effort, Reading } from "../../domain/identification.ts"
import {
  anyRelease,
  type Implementation,
  implementations,
  intersectRanges,
  rangeText,
  type ReleaseRange
} from "../../domain/implementation.ts"
import type { Finding, Rule } from "./rule.ts"

const efforts: ReadonlyArray<Effort> = ["wire", "form", "text"]

/**
 * How likely a reading is, by what it takes to fake it: for an implementation
 * that does not show such a thing, for unknown software, and the least that all
 * readings of this kind together may make of an implementation, since whoever
 * fakes one can fake the others. Guesses of ours, not measured: what they decide
 * is how many readings against it an implementation survives.
 */
const weights: Readonly<Record<Effort, { readonly unfit: number; readonly unknown: number; readonly least: number }>> = {
  wire: { unfit: 0.01, unknown: 0.2, least: 1e-5 },
  form: { unfit: 0.02, unknown: 0.3, least: 1e-4 },
  text: { unfit: 0.3, unknown: 0.8, least: 0.1 }
}

/** Most that is ever claimed, however much speaks for it. */
const mostConfidence = 0.999

/** From here on an implementation is named: when all that is hard to fake fits it, and when something does not. */
const namedFrom = { fitting: 0.6, otherwise: 0.8 }

/** An implementation as unlikely as this is left out. */
const leftFrom = 0.01

/** Those that are left must together be as likely as this before a claim of something else is held against it. */
const sureFrom = 0.9

/** A finding and whose it is. */
export interface Found extends Finding {
  readonly rule: Rule
}

/** Product of the readings' likelihoods, none of which is worth more than its kind may be. */
const likelihood = (found: ReadonlyArray<Found>, implementation: Implementation | null): number =>
  efforts.reduce((product, effort) => {
    const { least, unfit, unknown } = weights[effort]
    let all = 1
    for (const { fits, rule } of found) {
      if (rule.effort === effort) all *= implementation === null ? unknown : fits[implementation] === undefined ? unfit : 1
    }
    return product * Math.max(all, least)
  }, 1)

/** Probabilities, all beforehand alike. */
const probabilities = (found: ReadonlyArray<Found>): ReadonlyArray<readonly [Implementation, number]> => {
  const likely = implementations.map((implementation) => [implementation, likelihood(found, implementation)] as const)
  const total = likely.reduce((sum, [, value]) => sum + value, likelihood(found, null))
  return likely
    .map(([implementation, value]) => [implementation, Math.min(mostConfidence, value / total)] as const)
    .toSorted(([, a], [, b]) => b - a)
}

const fitsText = ({ fits, rule, saw }: Found): Reading => ({
  rule: rule.name,
  saw,
  fits: Object.fromEntries(Object.entries(fits).map(([implementation, range]) => [implementation, rangeText(range)])),
  effort: rule.effort,
  source: rule.source
})

/**
 * Whose word counts first about releases. Whoever writes lines anew, as proxies
 * may, changes frames and takes padding away and need not know a method; forms
 * stay what they were.
 */
const byForms: ReadonlyArray<Effort> = ["form", "wire", "text"]

/**
 * The releases that go with all readings, what contradicts them is told. Where
 * lines are not written as the implementation writes any, somebody else writes
 * them: how they look then says nothing about its release.
 */
const releasesOf = (
  found: ReadonlyArray<Found>,
  implementation: Implementation
): { readonly range: ReleaseRange; readonly contradictions: ReadonlyArray<string> } => {
  let range: ReleaseRange = anyRelease
  const contradictions: Array<string> = []
  const isRewritten = found.some(({ fits, rule }) => rule.effort === "wire" && fits[implementation] === undefined)
  for (const effort of byForms) {
    for (const { fits, rule, saw } of found) {
      if (rule.effort !== effort) continue
      const fitting = fits[implementation]
      if (fitting === undefined) {
        // Texts that do not fit are too easily written to be worth a word.
        if (effort !== "text") contradictions.push(`${rule.name} (${saw}) is not ${implementation}'s`)
        continue
      }
      if (isRewritten && effort === "wire") continue
      const both = intersectRanges(range, fitting)
      if (both === undefined) contradictions.push(`${rule.name} (${saw}) is ${rangeText(fitting)}, the rest ${rangeText(range)}`)
      else range = both
    }
  }
  return { range, contradictions }
}

/** What findings say together. */
export interface Weighed {
  /** Null when nothing known fits well enough, or two fit alike. */
  readonly implementation: Implementation | null
  /** Releases that go with all findings; null without implementation. */
  readonly range: ReleaseRange | null
  /** Probability of the likeliest implementation. */
  readonly confidence: number
  /** Findings that do not go with the rest. */
  readonly contradictions: ReadonlyArray<string>
  /** All that are left, when it is sure enough that it is one of them; else empty. */
  readonly likely: ReadonlyArray<Implementation>
  readonly readings: ReadonlyArray<Reading>
  readonly candidates: Readonly<Partial<Record<Implementation, number>>>
}

const weighAnew = (found: ReadonlyArray<Found>): Weighed => {
  const candidates = probabilities(found)
  const [likeliest, confidence] = candidates[0]!
  const isFitting = found.every(({ fits, rule }) => rule.effort === "text" || fits[likeliest] !== undefined)
  const implementation = confidence >= (isFitting ? namedFrom.fitting : namedFrom.otherwise) ? likeliest : null
  const releases = implementation === null ? null : releasesOf(found, implementation)
  const left = candidates.filter(([, probability]) => probability >= leftFrom)
  const sure = left.reduce((sum, [, probability]) => sum + probability, 0) >= sureFrom
  return {
    implementation,
    range: releases?.range ?? null,
    confidence,
    contradictions: releases?.contradictions ?? [],
    likely: sure ? left.map(([it]) => it) : [],
    readings: found.map(fitsText),
    candidates: Object.fromEntries(candidates.filter(([, probability]) => probability >= 0.001))
  }
}

/** Sets of findings whose weighing is remembered; beyond, remembering begins anew. */
const mostRemembered = 1000

const remembered = new Map<string, Weighed>()
/** Equal for findings of one rule that say the same. */
const keyOf = ({ fits, rule, saw }: Found): string => {
  let key = `${rule.name}\n${saw}\n`
  for (const implementation of implementations) {
    const range = fits[implementation]
    key += range === undefined ? "-" : `${range.since}<${range.before} `
  }
  return `${key}\n`
}

/**
 * What findings say together. Servers of one software show the same things, so
 * what was weighed before is remembered: equal findings get the same object.
 */
export const weigh = (found: ReadonlyArray<Found>): Weighed => {
  let key = ""
  for (const finding of found) key += keyOf(finding)
  let weighed = remembered.get(key)
  if (weighed === undefined) {
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(key, weighed = weighAnew(found))
  }
  return weighed
}
