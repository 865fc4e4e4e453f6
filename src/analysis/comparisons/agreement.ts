import { rememberingOf } from "../../domain/remembering.ts"
import type { ServerTraits } from "../traits/server-traits.ts"

const nothing: ReadonlyArray<never> = []

/** Up to so many values looking through them is quicker than a set. */
const few = 16

/** What both have, once each, ascending: the same whichever is first. Mostly nothing, so that has to be quick. */
export const shared = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (a.length === 0 || b.length === 0) return nothing
  if (a.length === 1 && b.length === 1) return a[0] === b[0] ? a : nothing
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  const ofLong = short.length <= few ? undefined : new Set(long)
  const common = short.filter((value) => ofLong === undefined ? long.includes(value) : ofLong.has(value))
  return common.length < 2 ? common : distinct(common)
}

/** Each value once, ascending. */
export const distinct = (values: Iterable<string>): ReadonlyArray<string> => [...new Set(values)].toSorted()

/** What stands in evidence of both servers, in an order that does not depend on which is first. */
export const ofBoth = <A>(a: A, b: A): ReadonlyArray<A> =>
  [a, b].toSorted((x, y) => {
    const [left, right] = [JSON.stringify(x) ?? "", JSON.stringify(y) ?? ""]
    return left < right ? -1 : left > right ? 1 : 0
  })

/** A function of a pair whose answer is kept until another pair is asked about: several comparisons ask the same of each. */
export const ofLastPair = <A>(of: (a: ServerTraits, b: ServerTraits) => A): (a: ServerTraits, b: ServerTraits) => A => {
  let last: { readonly a: ServerTraits; readonly b: ServerTraits; readonly answer: A } | undefined
  return (a, b) => {
    if (last === undefined || last.a !== a || last.b !== b) last = { a, b, answer: of(a, b) }
    return last.answer
  }
}

/** A function of a server that is computed once: comparisons ask for it with every pair. */
export const once = <A>(of: (server: ServerTraits) => A): (server: ServerTraits) => A => rememberingOf(of)
