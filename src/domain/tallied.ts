/**
 * Things of a list, each once, with how often they were counted: in columns, by their numbers
 * in a catalogue. Lists of hundreds go so from the line to the row, and what somebody knows of a
 * thing he finds by its number, at a place of his own.
 */
export interface Tallied<A> {
  /** What numbers stand for. It may be many lists' and grow; what stands at a number stays there. */
  readonly catalogue: ReadonlyArray<A>
  /** In the order in which they came first. */
  readonly numbers: ReadonlyArray<number>
  /** How often each was counted, at the place of its number. */
  readonly times: ReadonlyArray<number>
}

/** A list of its own, all of whose members were counted as often. */
export const tallied = <A>(members: ReadonlyArray<A>, times = 1): Tallied<A> => ({
  catalogue: members,
  numbers: members.map((_, i) => i),
  times: members.map(() => times)
})

/** Whether other lists are of its catalogue too: what is known of its members will be asked for again. */
export const isOfMany = ({ catalogue, numbers }: Tallied<unknown>): boolean => catalogue.length > numbers.length

/**
 * What somebody knows of the members of catalogues, at their numbers: the same stand in hundreds of
 * lists, and are found so without being looked for. Held as long as the catalogue is.
 */
export class KnownByNumber<A, K> {
  readonly #catalogues = new WeakMap<ReadonlyArray<A>, Array<K | undefined>>()

  /** A place for each member of the list's catalogue; undefined of a list of its own, of which nothing is kept. */
  of(list: Tallied<A>): Array<K | undefined> | undefined {
    if (!isOfMany(list)) return undefined
    const { catalogue } = list
    let known = this.#catalogues.get(catalogue)
    if (known === undefined) this.#catalogues.set(catalogue, known = [])
    // Without gaps: V8 has arrays with large ones as tables.
    while (known.length < catalogue.length) known.push(undefined)
    return known
  }
}

export const membersOf = <A>({ catalogue, numbers }: Tallied<A>): Array<A> => numbers.map((number) => catalogue[number]!)

/** Those that are kept, as often as they were counted: the list itself, or one of its own that holds nothing of the others. */
export const talliedOnly = <A>(list: Tallied<A>, keep: (member: A) => boolean): Tallied<A> => {
  const { catalogue, numbers, times } = list
  const places = numbers.flatMap((number, i) => keep(catalogue[number]!) ? [i] : [])
  return places.length === numbers.length
    ? list
    : { ...tallied(places.map((i) => catalogue[numbers[i]!]!)), times: places.map((i) => times[i]!) }
}
