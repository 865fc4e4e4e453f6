import { Effect, type Scope } from "effect"
import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from "node:tls"

/** A listening server of a test; its scope closes it with all its connections. */
export interface LoopbackServer {
  readonly host: string
  readonly port: number
  /** Connections open now. */
  readonly open: () => number
  /** Connections ever accepted. */
  readonly accepted: () => number
}

const listen = <S extends Server>(server: S, host: string, port: number): Effect.Effect<LoopbackServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const sockets = new Set<Socket>()
    let accepted = 0
    server.on("connection", (socket: Socket) => {
      accepted++
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => sockets.delete(socket))
    })
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.once("error", (error) => resume(Effect.die(error)))
        server.listen(port, host, () => resume(Effect.void))
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          for (const socket of sockets) socket.destroy()
        })
    )
    return {
      host,
      port: (server.address() as AddressInfo).port,
      open: () => sockets.size,
      accepted: () => accepted
    }
  })

/** A TCP server on a free port of a loopback address. */
export const tcpServer = (onConnection: (socket: Socket) => void, host = "127.0.0.1", port = 0) =>
  listen(createServer(onConnection), host, port)

/** A TLS server on a free port of a loopback address. */
export const tlsServer = (options: TlsOptions, onConnection: (socket: TLSSocket) => void, host = "127.0.0.1") => {
  const server = createTlsServer(options, (socket) => {
    socket.on("error", () => {})
    onConnection(socket)
  })
  server.on("tlsClientError", () => {})
  return listen(server, host, 0)
}

/** A port of a loopback address where nobody listens. */
export const closedPort = (host = "127.0.0.1"): Effect.Effect<number> =>
  Effect.scoped(Effect.map(tcpServer(() => {}, host), (server) => server.port))
