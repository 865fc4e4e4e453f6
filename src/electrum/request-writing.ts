/** How requests are written. Servers must not care; what they answer should not depend on it. */
export interface RequestWriting {
  /** One request as a line with its end. */
  readonly line: (id: number, method: string, params: ReadonlyArray<unknown>) => string
  /** All lines of a packet as they are sent. */
  readonly packet: (lines: string) => string
}

/** The smallest padded packet of the wallet, in bytes. */
const smallestPacket = 1024

/**
 * As the wallet writes since 2025 (aiorpcX: members in this order, `params` left
 * out when empty; protocol facts 1.3: spaces before the last bracket, up to a
 * power of two). Requests of ours are ASCII, so that characters are bytes.
 */
export const walletWriting: RequestWriting = {
  line: (id, method, params) =>
    `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"id":${id}${params.length === 0 ? "" : `,"params":${JSON.stringify(params)}`}}\n`,
  packet: (lines) => {
    const size = Math.max(smallestPacket, 2 ** (32 - Math.clz32(lines.length)))
    return `${lines.slice(0, -2)}${" ".repeat(size - lines.length)}}\n`
  }
}
