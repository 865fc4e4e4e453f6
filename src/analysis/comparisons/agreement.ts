import type { ServerTraits } from "../traits/server-traits.ts"

/** What both have, once each, ascending: the same whichever is first. */
export const shared = <A extends string | number>(a: Iterable<A>, b: Iterable<A>): ReadonlyArray<A> => {
  const ofB = new Set(b)
  return [...new Set(a)].filter((value) => ofB.has(value)).toSorted((x, y) => x < y ? -1 : x > y ? 1 : 0)
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
export const once = <A>(of: (server: ServerTraits) => A): (server: ServerTraits) => A => {
  const known = new WeakMap<ServerTraits, { readonly value: A }>()
  return (server) => {
    const before = known.get(server)
    if (before !== undefined) return before.value
    const value = of(server)
    known.set(server, { value })
    return value
  }
}
