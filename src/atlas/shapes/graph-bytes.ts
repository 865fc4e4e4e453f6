/** Announcements as rows of a compressed sparse matrix: who names whom, with the share of lists that did. */
export interface GraphEdges {
  /** Edges of node i are at `offsets[i] .. offsets[i + 1]`. Length: servers + 1. */
  readonly offsets: Uint32Array
  /** Index of the named server. */
  readonly targets: Uint32Array
  /** Times seen of times asked, 0..255 for 0..1. */
  readonly shares: Uint8Array
  /** 1 where the named server names it back. */
  readonly mutual: Uint8Array
}

/** "EOG1", little endian. */
const magic = 0x3147_4f45

/**
 * Bytes of `graph.bin`, all little endian: u32 magic "EOG1", u32 n servers, u32 m
 * announcements, then u32 offsets[n + 1], u32 targets[m], u8 shares[m], u8 mutual[m].
 */
export const encodeGraph = ({ mutual, offsets, shares, targets }: GraphEdges): Uint8Array<ArrayBuffer> => {
  const servers = offsets.length - 1
  const edges = targets.length
  const bytes = new Uint8Array(12 + 4 * (servers + 1) + 4 * edges + 2 * edges)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, servers, true)
  view.setUint32(8, edges, true)
  let at = 12
  for (const offset of offsets) { view.setUint32(at, offset, true); at += 4 }
  for (const target of targets) { view.setUint32(at, target, true); at += 4 }
  bytes.set(shares, at)
  bytes.set(mutual, at + edges)
  return bytes
}

/** The edges in bytes of `encodeGraph`; null if they are not such bytes. */
export const decodeGraph = (buffer: ArrayBuffer): GraphEdges | null => {
  if (buffer.byteLength < 12) return null
  const view = new DataView(buffer)
  const servers = view.getUint32(4, true)
  const edges = view.getUint32(8, true)
  if (view.getUint32(0, true) !== magic || buffer.byteLength !== 12 + 4 * (servers + 1) + 6 * edges) return null
  const offsets = new Uint32Array(servers + 1)
  for (let i = 0; i <= servers; i++) offsets[i] = view.getUint32(12 + 4 * i, true)
  const targets = new Uint32Array(edges)
  const targetsAt = 12 + 4 * (servers + 1)
  for (let i = 0; i < edges; i++) targets[i] = view.getUint32(targetsAt + 4 * i, true)
  const sharesAt = targetsAt + 4 * edges
  return {
    offsets,
    targets,
    shares: new Uint8Array(buffer, sharesAt, edges),
    mutual: new Uint8Array(buffer, sharesAt + edges, edges)
  }
}
