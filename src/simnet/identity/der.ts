const length = (n: number): Buffer => {
  if (n < 128) return Buffer.from([n])
  const bytes = Buffer.from(n.toString(16).padStart(n > 0xffff ? 6 : n > 0xff ? 4 : 2, "0"), "hex")
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}

/** One element of DER (X.690): its tag, the length and the contents one after the other. */
export const der = (tag: number, ...contents: ReadonlyArray<Buffer>): Buffer => {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), length(content.length), content])
}

export const sequence = (...items: ReadonlyArray<Buffer>): Buffer => der(0x30, ...items)
export const set = (...items: ReadonlyArray<Buffer>): Buffer => der(0x31, ...items)
export const octetString = (content: Buffer): Buffer => der(0x04, content)
export const boolean = (value: boolean): Buffer => der(0x01, Buffer.from([value ? 0xff : 0]))
/** Context-specific and primitive: the alternatives of a CHOICE, implicitly tagged. */
export const tagged = (tag: number, content: Buffer): Buffer => der(0x80 | tag, content)
/** PrintableString: ASCII letters, digits and a few signs. */
export const printableString = (text: string): Buffer => der(0x13, Buffer.from(text, "ascii"))
export const utf8String = (text: string): Buffer => der(0x0c, Buffer.from(text, "utf8"))
/** BIT STRING of whole bytes. */
export const bitString = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes)
/** Context-specific and constructed: an explicit tag around an element. */
export const explicit = (tag: number, content: Buffer): Buffer => der(0xa0 | tag, content)

/** A non-negative integer, most significant byte first. */
export const integer = (bytes: Buffer): Buffer =>
  der(0x02, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)

/** `2.5.4.3` and the like; each part below 2^21. */
export const objectIdentifier = (dotted: string): Buffer => {
  const [first, second, ...rest] = dotted.split(".").map(Number) as [number, number, ...Array<number>]
  const base128 = (n: number): Array<number> =>
    [n >>> 14, n >>> 7, n]
      .map((part) => part & 0x7f)
      .filter((part, i, all) => i === 2 || all.slice(0, i + 1).some((p) => p > 0))
      .map((part, i, all) => (i < all.length - 1 ? part | 0x80 : part))
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** UTCTime up to 2049, GeneralizedTime after it (RFC 5280, 4.1.2.5). */
export const time = (date: Date): Buffer => {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, "")
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
}
