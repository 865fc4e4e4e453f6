import { connect, createServer, type Socket } from "node:net"

/** A way to a port that can be cut or stopped up, as a network does. */
export interface TcpWay {
  readonly port: number
  /** From now on: everything passes; nothing passes and nobody is told; connections are ended and refused. */
  readonly set: (state: "open" | "stalled" | "cut") => void
  /** Called with what a client sends; true: it still passes, and then the way is cut before any answer. */
  readonly cutAfter: (matches: ((sent: string) => boolean) | null) => void
  readonly stop: () => Promise<void>
}

/** Opens a way to a port of this machine. */
export const openWay = async (to: number): Promise<TcpWay> => {
  let state: "open" | "stalled" | "cut" = "open"
  let lastOf: ((sent: string) => boolean) | null = null
  const pairs = new Set<readonly [Socket, Socket]>()
  const end = (pair: readonly [Socket, Socket]) => {
    pairs.delete(pair)
    for (const socket of pair) socket.destroy()
  }
  const server = createServer((client) => {
    if (state === "cut") return client.destroy()
    const beyond = connect(to, "127.0.0.1")
    const pair = [client, beyond] as const
    pairs.add(pair)
    let isLast = false
    client.on("data", (chunk) => {
      if (lastOf?.(chunk.toString("latin1")) === true) {
        isLast = true
        lastOf = null
      }
      beyond.write(chunk)
    })
    beyond.on("data", (chunk) => {
      if (isLast) end(pair)
      else client.write(chunk)
    })
    for (const socket of pair) socket.on("error", () => end(pair)).on("close", () => end(pair))
    if (state === "stalled") for (const socket of pair) socket.pause()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as { readonly port: number }).port,
    set: (next) => {
      state = next
      for (const pair of pairs) {
        if (next === "cut") end(pair)
        else if (next === "stalled") for (const socket of pair) socket.pause()
        else for (const socket of pair) socket.resume()
      }
    },
    cutAfter: (matches) => {
      lastOf = matches
    },
    stop: async () => {
      for (const pair of pairs) end(pair)
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
