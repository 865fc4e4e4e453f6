import { addressNumber, type AddressRange } from "../domain/address-range.ts"

interface Family {
  readonly values: ReadonlyArray<bigint>
  readonly addresses: ReadonlyArray<string>
}

const emptyFamily: Family = { values: [], addresses: [] }

/** The first place in a sorted list whose value is not below `least`. */
const lowerBound = (values: ReadonlyArray<bigint>, least: bigint): number => {
  let [from, to] = [0, values.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (values[middle]! < least) from = middle + 1
    else to = middle
  }
  return from
}

/**
 * Looks up a few addresses in many ranges: the ranges pass by once, in any
 * order, and nothing is kept of those that hold none of the addresses. Where
 * ranges lie within each other the narrowest is right; of equal ones the first.
 */
export class RangeMatch<A> {
  readonly #families: { readonly 4: Family; readonly 6: Family }
  readonly #found = new Map<string, { readonly range: AddressRange; readonly value: A }>()

  constructor(addresses: Iterable<string>) {
    const all = [...new Set(addresses)].flatMap((address) => {
      const number = addressNumber(address)
      return number === undefined ? [] : [{ ...number, address }]
    })
    const family = (version: 4 | 6): Family => {
      const members = all.filter((one) => one.version === version).toSorted((a, b) => (a.value < b.value ? -1 : 1))
      return { values: members.map((one) => one.value), addresses: members.map((one) => one.address) }
    }
    this.#families = all.length === 0 ? { 4: emptyFamily, 6: emptyFamily } : { 4: family(4), 6: family(6) }
  }

  /** Whether a range holds any of the addresses: what it says need not be read otherwise. */
  holds({ first, last, version }: AddressRange): boolean {
    const { values } = this.#families[version]
    const at = lowerBound(values, first)
    return at < values.length && values[at]! <= last
  }

  add(range: AddressRange, value: A): void {
    const { addresses, values } = this.#families[range.version]
    for (let at = lowerBound(values, range.first); at < values.length && values[at]! <= range.last; at++) {
      const address = addresses[at]!
      const known = this.#found.get(address)
      if (known === undefined || range.last - range.first < known.range.last - known.range.first) {
        this.#found.set(address, { range, value })
      }
    }
  }

  /** What the narrowest range says that holds each address. */
  get found(): ReadonlyMap<string, { readonly range: AddressRange; readonly value: A }> {
    return this.#found
  }
}
