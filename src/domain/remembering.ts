/**
 * A function of a text that remembers what it made of the last texts: for what is
 * asked again and again of few of them. Beyond `limit` texts it begins anew, so
 * that nobody's texts fill the memory. Results are shared and must not be changed.
 */
export const remembering = <A>(limit: number, of: (text: string) => A): (text: string) => A => {
  const known = new Map<string, A>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined || known.has(text)) return before as A
    const made = of(text)
    if (known.size >= limit) known.clear()
    known.set(text, made)
    return made
  }
}

/**
 * A function of an object that is computed once for each, for as long as the object
 * lives. Results are shared and must not be changed.
 */
export const rememberingOf = <Of extends object, A>(of: (object: Of) => A): (object: Of) => A => {
  const known = new WeakMap<Of, { readonly value: A }>()
  return (object) => {
    const before = known.get(object)
    if (before !== undefined) return before.value
    const value = of(object)
    known.set(object, { value })
    return value
  }
}

/** A function of a number that is computed once for each. Results are shared and must not be changed. */
export const rememberingNumber = <A>(of: (number: number) => A): (number: number) => A => {
  const known = new Map<number, { readonly value: A }>()
  return (number) => {
    const before = known.get(number)
    if (before !== undefined) return before.value
    const value = of(number)
    known.set(number, { value })
    return value
  }
}

/**
 * The same of two numbers.
 *
 * @param count the second is below it, and -1 at least
 */
export const rememberingNumbers = <A>(count: number, of: (first: number, second: number) => A): (first: number, second: number) => A => {
  const ofBoth = rememberingNumber((both) => of(Math.floor(both / (count + 1)), both % (count + 1) - 1))
  return (first, second) => ofBoth(first * (count + 1) + second + 1)
}
