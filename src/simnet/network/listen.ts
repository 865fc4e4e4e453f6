import type { Socket as UdpSocket } from "node:dgram"
import type { AddressInfo, Server } from "node:net"
import { Effect } from "effect"
import { SimnetError } from "../simnet-error.ts"

const loopback = "127.0.0.1"

/** What to do about it, where something can be done. */
export const listenError = (what: string, port: number, error: NodeJS.ErrnoException): SimnetError => {
  if (error.code === "EADDRINUSE") {
    return new SimnetError({ reason: "port in use", message: `${what}: port ${port} is in use` })
  }
  if (error.code === "EMFILE" || error.code === "ENFILE") {
    return new SimnetError({ reason: "too few file descriptors", message: `${what}: out of file descriptors` })
  }
  const advice =
    error.code === "EACCES"
      ? ": ports below 1024 need privileges; take a higher one, or 0 for any free one"
      : error.code === "EADDRNOTAVAIL"
        ? ": this machine has no 127.0.0.1; is its loopback interface up?"
        : `: ${error.message}`
  return new SimnetError({ reason: "cannot listen", message: `${what}: cannot listen on ${loopback}:${port}${advice}` })
}

/** Listen on loopback; 0 = any free port. Returns the port. */
export const listenTcp = (server: Server, port: number, what: string): Effect.Effect<number, SimnetError> =>
  Effect.callback((resume) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off("listening", onListening)
      resume(Effect.fail(listenError(what, port, error)))
    }
    const onListening = (): void => {
      server.off("error", onError)
      // Later errors (out of descriptors while accepting) must not end the process.
      server.on("error", () => undefined)
      resume(Effect.succeed((server.address() as AddressInfo).port))
    }
    server.once("error", onError).once("listening", onListening)
    server.listen({ host: loopback, port, backlog: 1024 })
  })

/** Bind on loopback; 0 = any free port. Returns the port. */
export const bindUdp = (socket: UdpSocket, port: number, what: string): Effect.Effect<number, SimnetError> =>
  Effect.callback((resume) => {
    const onError = (error: NodeJS.ErrnoException): void => resume(Effect.fail(listenError(what, port, error)))
    socket.once("error", onError)
    socket.bind({ address: loopback, port }, () => {
      socket.off("error", onError)
      socket.on("error", () => undefined)
      resume(Effect.succeed(socket.address().port))
    })
  })
