import { type Comparison, type PersonaName, type Segment, unanswered } from "../../domain/differential.ts"
import { permutationTest, type PermutationResult } from "../../domain/permutation-test.ts"

const valuesOf = (segments: ReadonlyArray<Segment>, question: string, persona?: PersonaName): ReadonlySet<string | null> =>
  new Set(segments.flatMap((s) => persona === undefined || s.persona === persona ? [s.contents.get(question) ?? null] : []))

const names: ReadonlyArray<PersonaName> = ["crawler", "wallet"]

/**
 * What is answered differently to the personas, after taking out what differs
 * within one. That one persona never has an answer, and the other always, is a
 * difference; a question that a persona has an answer to now and then, or that
 * neither has one to, is not compared.
 */
export const compareSegments = (segments: ReadonlyArray<Segment>): Comparison => {
  const questions = [...new Set(segments.flatMap(({ contents }) => [...contents.keys()]))].toSorted()
  const silent = (question: string, persona: PersonaName): boolean => valuesOf(segments, question, persona).has(unanswered)
  const alike = (question: string, persona: PersonaName): boolean => valuesOf(segments, question, persona).size <= 1
  const compared = questions.filter((question) =>
    !valuesOf(segments, question).has(null) &&
    names.every((persona) => !silent(question, persona) || alike(question, persona)) &&
    !names.every((persona) => silent(question, persona)))
  const differs = compared.filter((question) => valuesOf(segments, question).size > 1)
  const steady = (question: string): boolean =>
    names.some((persona) => silent(question, persona)) || names.every((persona) => alike(question, persona))
  const differing = differs.filter(steady)
  const bothTwice = names.every((persona) => segments.filter((s) => s.persona === persona).length >= 2)
  return {
    outcome: !bothTwice || compared.length === 0 ? "not comparable" : differing.length > 0 ? "differs" : "same",
    compared,
    varying: differs.filter((question) => !steady(question)),
    differing
  }
}

/**
 * Share of the questions that two segments were answered differently, among
 * those of which both say something. An answer and none are different whoever
 * has it: a distance that looked at personas would spoil the test.
 */
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
