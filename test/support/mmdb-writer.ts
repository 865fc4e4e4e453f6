import ipaddr from "ipaddr.js"

/** A value of a MaxMind database. */
export type MmdbValue = string | number | { readonly [key: string]: MmdbValue } | ReadonlyArray<MmdbValue>

const control = (type: number, size: number): Buffer => {
  const [small, rest] = size < 29 ? [size, []] : size < 285 ? [29, [size - 29]] : [30, [(size - 285) >> 8, (size - 285) & 255]]
  return type < 8 ? Buffer.from([(type << 5) | small, ...rest]) : Buffer.from([small, type - 7, ...rest])
}

const unsigned = (type: number, value: number): Buffer => {
  const bytes: Array<number> = []
  for (let left = value; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256)
  return Buffer.concat([control(type, bytes.length), Buffer.from(bytes)])
}

const encode = (value: MmdbValue): Buffer => {
  if (typeof value === "string") return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === "number" && (value < 0 || !Number.isInteger(value))) {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(value)
    return Buffer.concat([control(3, 8), bytes])
  }
  if (typeof value === "number") return unsigned(value > 0xffff_ffff ? 9 : 6, value)
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)])
  const entries = Object.entries(value)
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, inner]) => [encode(key), encode(inner)])])
}

type Node = [Node | Buffer | null, Node | Buffer | null]

/** Bits of an address in the tree: in one of IPv6, IPv4 lives below ::/96. */
const bitsOf = (address: string, ipVersion: 4 | 6): ReadonlyArray<number> => {
  const bytes = ipaddr.parse(address).toByteArray()
  const padded = ipVersion === 6 && bytes.length === 4 ? [...Array.from({ length: 12 }, () => 0), ...bytes] : bytes
  return padded.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((shift) => (byte >> shift) & 1))
}

/**
 * A database file by the published format (MaxMind DB File Format Specification
 * 2.0), records of 24 bits; blocks must not lie within each other.
 */
export const mmdbFile = (options: {
  readonly type: string
  readonly ipVersion: 4 | 6
  /** Seconds since 1970. */
  readonly builtAt: number
  readonly blocks: Readonly<Record<string, MmdbValue>>
}): Buffer => {
  const root: Node = [null, null]
  for (const [cidr, value] of Object.entries(options.blocks)) {
    const [address, length] = cidr.split("/") as [string, string]
    const depth = Number(length) + (options.ipVersion === 6 && !address.includes(":") ? 96 : 0)
    const bits = bitsOf(address, options.ipVersion).slice(0, depth)
    let node = root
    for (const bit of bits.slice(0, -1)) node = (node[bit] ??= [null, null]) as Node
    node[bits.at(-1)!] = encode(value)
  }
  const nodes: Array<Node> = []
  const collect = (node: Node): void => {
    nodes.push(node)
    for (const child of node) if (Array.isArray(child)) collect(child)
  }
  collect(root)
  const numbers = new Map(nodes.map((node, i) => [node, i]))
  const data: Array<Buffer> = []
  let dataLength = 0
  const pointer = (child: Node | Buffer | null): number => {
    if (child === null) return nodes.length
    if (Array.isArray(child)) return numbers.get(child)!
    const at = nodes.length + 16 + dataLength
    data.push(child)
    dataLength += child.length
    return at
  }
  const tree = Buffer.concat(nodes.map((node) => {
    const record = Buffer.alloc(6)
    record.writeUIntBE(pointer(node[0]), 0, 3)
    record.writeUIntBE(pointer(node[1]), 3, 3)
    return record
  }))
  const metadata = Buffer.concat([
    control(7, 9),
    ...[
      ["node_count", unsigned(6, nodes.length)],
      ["record_size", unsigned(5, 24)],
      ["ip_version", unsigned(5, options.ipVersion)],
      ["database_type", encode(options.type)],
      ["languages", encode(["en"])],
      ["binary_format_major_version", unsigned(5, 2)],
      ["binary_format_minor_version", unsigned(5, 0)],
      ["build_epoch", unsigned(9, options.builtAt)],
      ["description", encode({ en: "made by a test" })]
    ].flatMap(([key, value]) => [encode(key as string), value as Buffer])
  ])
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from("abcdef4d61784d696e642e636f6d", "hex"), metadata])
}
