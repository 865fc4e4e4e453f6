import { rememberingOf } from "../../domain/remembering.ts"
import type { ServerTraits } from "../traits/server-traits.ts"

const nothing: ReadonlyArray<never> = []

/** Up to so many values looking through them is quicker than a set. */
const few = 16

/** What both have, once each, ascending: the same whichever is first. Mostly nothing, so that has to be quick. */
export const shared = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (a.length === 0 || b.length === 0) return nothing
  if (a.length === 1 && b.length === 1) return a[0] === b[0] ? a : nothing
  const ofB = b.length <= few ? undefined : new Set(b)
  const common = a.filter((value) => ofB === undefined ? b.includes(value) : ofB.has(value))
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

/** A function of a server that is computed once: comparisons ask for it with every pair. */
export const once = <A>(of: (server: ServerTraits) => A): (server: ServerTraits) => A => rememberingOf(of)
