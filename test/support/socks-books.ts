import { connect, createServer, type Socket } from "node:net"

/** One connection that somebody asked a SOCKS5 proxy for: to whom, and from when until when it was open. */
export interface BookedConnection {
  readonly host: string
  readonly port: number
  readonly openedAt: number
  closedAt: number | null
}

/** A way to a SOCKS5 proxy that writes down who is connected to whom. */
export interface SocksBooks {
  readonly port: number
  readonly connections: ReadonlyArray<BookedConnection>
  readonly stop: () => Promise<void>
}

/** The destination of a CONNECT request to a name; null for whatever else a client sends. */
const destinationOf = (chunk: Buffer): { readonly host: string; readonly port: number } | null => {
  if (chunk.length < 7 || chunk[0] !== 5 || chunk[1] !== 1 || chunk[2] !== 0 || chunk[3] !== 3) return null
  const end = 5 + chunk[4]!
  return chunk.length < end + 2 ? null : { host: chunk.toString("latin1", 5, end), port: chunk.readUInt16BE(end) }
}

export const openBooks = async (to: number): Promise<SocksBooks> => {
  const connections: Array<BookedConnection> = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const beyond = connect(to, "127.0.0.1")
    let booked: BookedConnection | null = null
    client.on("data", (chunk) => {
      const destination = booked === null ? destinationOf(chunk) : null
      if (destination !== null) {
        booked = { ...destination, openedAt: Date.now(), closedAt: null }
        connections.push(booked)
      }
      beyond.write(chunk)
    })
    beyond.on("data", (chunk) => client.write(chunk))
    const end = () => {
      if (booked !== null) booked.closedAt ??= Date.now()
      for (const socket of [client, beyond]) {
        socket.destroy()
        sockets.delete(socket)
      }
    }
    for (const socket of [client, beyond]) {
      sockets.add(socket)
      socket.on("error", end).on("close", end).on("end", end)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as { readonly port: number }).port,
    connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
