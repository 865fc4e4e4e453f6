import ipaddr from "ipaddr.js"

/** An address as a number of 32 or 128 bits. */
export interface AddressNumber {
  readonly version: 4 | 6
  readonly value: bigint
}

/** All addresses from the first to the last, both included. */
export interface AddressRange {
  readonly version: 4 | 6
  readonly first: bigint
  readonly last: bigint
}

const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

// By hand, because files of ranges have millions of lines.
const ipv4Number = (text: string): bigint | undefined => {
  const parts = dotted.exec(text)
  if (parts === null) return undefined
  let value = 0
  for (let i = 1; i <= 4; i++) {
    const part = parts[i]!
    if (Number(part) > 255 || (part.length > 1 && part.startsWith("0"))) return undefined
    value = value * 256 + Number(part)
  }
  return BigInt(value)
}

const ipv6Number = (text: string): bigint | undefined => {
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined
  return ipaddr.IPv6.parse(text).parts.reduce((value, part) => (value << 16n) | BigInt(part), 0n)
}

/** Read one address, in any spelling `canonicalAddress` reads; undefined when it is none. */
export const addressNumber = (text: string): AddressNumber | undefined => {
  const four = ipv4Number(text)
  if (four !== undefined) return { version: 4, value: four }
  const six = ipv6Number(text)
  return six === undefined ? undefined : { version: 6, value: six }
}

/** The range of a CIDR block such as `240.7.0.0/16`; bits beyond the prefix do not matter. Undefined when it is none. */
export const rangeOfBlock = (cidr: string): AddressRange | undefined => {
  const slash = cidr.indexOf("/")
  const number = slash < 0 ? undefined : addressNumber(cidr.slice(0, slash))
  const digits = cidr.slice(slash + 1)
  if (number === undefined || !/^\d{1,3}$/.test(digits)) return undefined
  const bits = number.version === 4 ? 32 : 128
  if (Number(digits) > bits) return undefined
  const rest = BigInt(bits - Number(digits))
  const first = (number.value >> rest) << rest
  return { version: number.version, first, last: first | ((1n << rest) - 1n) }
}

const ipv4Most = (1n << 32n) - 1n
const ipv6Most = (1n << 128n) - 1n

/** One end of a range: an address, or a decimal number, whose family is not told by itself. */
const endOf = (text: string): { readonly version: 4 | 6 | null; readonly value: bigint } | undefined =>
  /^\d{1,39}$/.test(text) ? { version: null, value: BigInt(text) } : addressNumber(text)

/**
 * The range between two addresses, or between two decimal numbers, which are
 * IPv4 when the last one is below 2^32. Undefined when there is no such range.
 */
export const rangeBetween = (first: string, last: string): AddressRange | undefined => {
  const [from, to] = [endOf(first), endOf(last)]
  if (from === undefined || to === undefined || from.version !== to.version || from.value > to.value) return undefined
  if (to.value > ipv6Most) return undefined
  return { version: to.version ?? (to.value > ipv4Most ? 6 : 4), first: from.value, last: to.value }
}

/** The address that a number is, in the spelling that is stored. */
export const addressText = (version: 4 | 6, value: bigint): string => {
  const length = version === 4 ? 4 : 16
  const bytes = Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n))
  return ipaddr.fromByteArray(bytes).toString()
}

/** A range as people write it: `240.7.0.0/16` where it is a block, else `240.7.0.1-240.7.0.9`. */
export const rangeText = ({ first, last, version }: AddressRange): string => {
  const size = last - first + 1n
  const bits = size.toString(2).length - 1
  const isBlock = (size & (size - 1n)) === 0n && first % size === 0n
  return isBlock
    ? `${addressText(version, first)}/${(version === 4 ? 32 : 128) - bits}`
    : `${addressText(version, first)}-${addressText(version, last)}`
}
