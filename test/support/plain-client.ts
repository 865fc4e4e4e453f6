import { connect, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"

/** A client as bare as can be: sends bytes, keeps what comes. */
export interface PlainClient {
  readonly socket: Socket
  readonly send: (text: string) => void
  /** Everything received so far. */
  readonly received: () => Buffer
  /** Bytes received so far. */
  readonly size: () => number
  /** Complete lines so far, without their ends. */
  readonly lines: () => ReadonlyArray<string>
  /** Resolves when `done` holds for what was received; fails after `withinMs`. */
  readonly until: (done: (client: PlainClient) => boolean, withinMs?: number) => Promise<void>
  /** `end`: ended in order; `reset`: cut; null: still open. */
  readonly closed: () => "end" | "reset" | null
  readonly destroy: () => void
}

/** The same over a connection that is there already, e.g. through a proxy. */
export const plainOver = (socket: Socket): PlainClient => {
  const chunks: Array<Buffer> = []
  const watchers = new Set<() => void>()
  const changed = (): void => {
    for (const watcher of watchers) watcher()
  }
  let closed: "end" | "reset" | null = null
  let size = 0
  let lineEnds = 0
  let lines: ReadonlyArray<string> = []
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lineEnds++
    changed()
  })
  socket.on("connect", changed)
  socket.on("end", () => {
    closed ??= "end"
    changed()
  })
  socket.on("error", () => {
    closed ??= "reset"
    changed()
  })
  socket.on("close", () => {
    closed ??= "reset"
    changed()
  })
  const client: PlainClient = {
    socket,
    send: (text) => void socket.write(text),
    received: () => Buffer.concat(chunks),
    size: () => size,
    lines: () => {
      if (lines.length !== lineEnds) {
        lines = Buffer.concat(chunks)
          .toString("utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => line.replace(/\r$/, ""))
      }
      return lines
    },
    until: (done, withinMs = 20_000) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!done(client)) return
          watchers.delete(check)
          clearTimeout(timer)
          resolve()
        }
        const timer = setTimeout(() => {
          watchers.delete(check)
          reject(new Error(`not within ${withinMs} ms; received ${client.received().toString("latin1").slice(0, 300)}`))
        }, withinMs)
        watchers.add(check)
        check()
      }),
    closed: () => closed,
    destroy: () => void socket.destroy()
  }
  return client
}

export const plainTcp = (port: number): PlainClient => plainOver(connect({ host: "127.0.0.1", port, allowHalfOpen: true }))

export const plainTls = (port: number): PlainClient =>
  plainOver(connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false }))

export const request = (id: number, method: string, params: ReadonlyArray<unknown> = []): string =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`

/** A handshake as request 0. */
export const hello = request(0, "server.version", ["test", ["1.4", "1.6"]])
