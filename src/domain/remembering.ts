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
