import { Effect, Layer, type Scope } from "effect"
import net from "node:net"
import type { Duplex } from "node:stream"
import tls from "node:tls"
import { Deadline } from "../../src/transport/deadline.ts"
import { Dialer } from "../../src/transport/dialer.ts"
import { TransportError } from "../../src/transport/transport-error.ts"
import { type LoopbackServer, tcpServer, tlsServer } from "./loopback-server.ts"
import { makeTestCertificate } from "./test-certificate.ts"

/** One line from the client, decoded. */
export interface ClientRequest {
  readonly id: number
  readonly method: string
  readonly params: ReadonlyArray<unknown>
  readonly socket: Duplex
  /** Number of the connection, from 1. */
  readonly connection: number
}

/** Calls `onLine` for each line that a client sends. */
export const eachLine = (socket: Duplex, onLine: (line: string) => void): void => {
  let rest = ""
  socket.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString("utf8")).split("\n")
    rest = lines.pop()!
    for (const line of lines) onLine(line)
  })
}

/** A server on 127.0.0.1 that hands over each request of each client. */
export const answering = (
  answer: (request: ClientRequest) => void,
  options?: { readonly tls?: boolean }
): Effect.Effect<LoopbackServer, never, Scope.Scope> => {
  let connections = 0
  const serve = (socket: net.Socket): void => {
    const connection = ++connections
    socket.setNoDelay(true)
    eachLine(socket, (line) => {
      const { id, method, params } = JSON.parse(line) as Omit<ClientRequest, "socket" | "connection">
      answer({ id, method, params, socket, connection })
    })
  }
  return options?.tls === true ? tlsServer(makeTestCertificate(), serve) : tcpServer(serve)
}

/** A socket to 127.0.0.1, destroyed with the scope. */
export const connectTo = (
  port: number,
  options?: { readonly tls?: boolean }
): Effect.Effect<Duplex, Error, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<net.Socket, Error>((resume) => {
      const socket = options?.tls === true
        ? tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false })
        : net.connect(port, "127.0.0.1")
      socket.once("error", (error) => resume(Effect.fail(error)))
      socket.once(options?.tls === true ? "secureConnect" : "connect", () => resume(Effect.succeed(socket)))
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

/** A dialer without policy that goes to 127.0.0.1 at the endpoint's port. */
export const loopbackDialer: Layer.Layer<Dialer> = Layer.succeed(Dialer, {
  plan: (endpoint) =>
    Effect.succeed({
      endpoint,
      dial: { address: "127.0.0.1", resolvedBy: "literal", addresses: ["127.0.0.1"], via: "direct" },
      resolvedMs: null
    }),
  connect: (plan) => {
    const started = performance.now()
    return connectTo(plan.endpoint.port, { tls: plan.endpoint.transport === "tls" }).pipe(
      Effect.mapError((error) => new TransportError({ reason: "refused", phase: "connect", detail: error.message })),
      Effect.zip(Deadline.make),
      Effect.map(([socket, deadline]) => ({
        socket,
        deadline,
        dial: plan.dial,
        connectedMs: performance.now() - started,
        tcpConnectMs: performance.now() - started,
        tlsMs: null,
        tls: null,
        sessionOffered: () => false
      }))
    )
  }
})
