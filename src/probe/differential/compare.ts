import type { Comparison, PersonaName, Segment } from "../../domain/differential.ts"
import { permutationTest, type PermutationResult } from "../../domain/permutation-test.ts"

const valuesOf = (segments: ReadonlyArray<Segment>, question: string, persona?: PersonaName): ReadonlySet<string | null> =>
  new Set(segments.flatMap((s) => persona === undefined || s.persona === persona ? [s.contents.get(question) ?? null] : []))

/**
 * What is answered differently to the personas, after taking out what differs
 * within one. A question that some segment has no answer to is not compared.
 */
export const compareSegments = (segments: ReadonlyArray<Segment>): Comparison => {
  const questions = [...new Set(segments.flatMap(({ contents }) => [...contents.keys()]))].toSorted()
  const compared = questions.filter((question) => !valuesOf(segments, question).has(null))
  const differs = compared.filter((question) => valuesOf(segments, question).size > 1)
  const steady = (question: string): boolean =>
    valuesOf(segments, question, "crawler").size <= 1 && valuesOf(segments, question, "wallet").size <= 1
  const differing = differs.filter(steady)
  const bothTwice = (["crawler", "wallet"] as const).every((persona) => segments.filter((s) => s.persona === persona).length >= 2)
  return {
    outcome: !bothTwice || compared.length === 0 ? "not comparable" : differing.length > 0 ? "differs" : "same",
    compared,
    varying: differs.filter((question) => !steady(question)),
    differing
  }
}

/** Share of the questions that two segments were answered differently, among those both were answered. */
const distanceOf = (a: Segment, b: Segment, questions: ReadonlyArray<string>): number => {
  let [both, different] = [0, 0]
  for (const question of questions) {
    const [x, y] = [a.contents.get(question) ?? null, b.contents.get(question) ?? null]
    if (x === null || y === null) continue
    both++
    if (x !== y) different++
  }
  return both === 0 ? 0 : different / both
}

/**
 * Whether the personas are answered differently, about these questions, where
 * their order was drawn at random. What varies without regard to the persona
 * cannot make the p-value small more often than the p-value says.
 */
export const testSegments = (segments: ReadonlyArray<Segment>, questions: ReadonlyArray<string>): PermutationResult =>
  permutationTest(
    segments.map((a, i) => segments.slice(0, i).map((b) => distanceOf(a, b, questions))),
    segments.map(({ persona }) => persona === "wallet")
  )
