import { connect, type Socket } from "node:net"
import type { Effect, Scope } from "effect"
import { type LoopbackServer, tcpServer } from "./loopback-server.ts"
import { eachLine } from "./wire-server.ts"

/** What becomes of one reply: bytes instead of its line, or nothing. */
export type Fault = (line: string, id: number) => string | Buffer | null

/**
 * Stands between clients and a server on 127.0.0.1 and hands everything on,
 * but for the reply to one request of every connection, counted from 0.
 */
export const middleMan = (port: number, request: number, fault: Fault): Effect.Effect<LoopbackServer, never, Scope.Scope> =>
  tcpServer((client: Socket) => {
    const server = connect(port, "127.0.0.1")
    let asked = 0
    let spoiled: number | undefined
    client.on("close", () => server.destroy())
    server.on("close", () => client.end())
    server.on("error", () => client.destroy())
    eachLine(client, (line) => {
      if (asked++ === request) spoiled = (JSON.parse(line) as { readonly id: number }).id
      server.write(`${line}\n`)
    })
    eachLine(server, (line) => {
      const { id } = JSON.parse(line) as { readonly id?: number }
      const sent = id !== undefined && id === spoiled ? fault(line, id) : `${line}\n`
      if (sent !== null && !client.destroyed) client.write(sent)
    })
  })

/** Stands there as well, and writes every line of the server anew; what it gives is all of the line with its end. */
export const rewriter = (port: number, rewrite: (line: string) => string): Effect.Effect<LoopbackServer, never, Scope.Scope> =>
  tcpServer((client: Socket) => {
    const server = connect(port, "127.0.0.1")
    client.on("close", () => server.destroy())
    server.on("close", () => client.end())
    server.on("error", () => client.destroy())
    client.on("data", (chunk: Buffer) => server.write(chunk))
    eachLine(server, (line) => {
      if (!client.destroyed) client.write(rewrite(line.trimEnd()))
    })
  })
