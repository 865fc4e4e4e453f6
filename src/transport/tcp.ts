import { connect, type Socket } from "node:net"
import { Effect } from "effect"
import type { Deadline } from "./deadline.ts"
import { socketFailure } from "./socket-failure.ts"
import type { TransportError } from "./transport-error.ts"

/** Late errors of a socket nobody listens to any more must not end the process. */
export const swallowErrors = (): void => {}

/** A socket that begins to connect to a host. */
export type Dialling<S extends Socket = Socket> = (host: string, port: number) => S

/** A socket of `node:net`, unencrypted. */
export const plain: Dialling = (host, port) => connect({ host, port, noDelay: true })

/** Connects and resumes with the socket, or why there is none; gives what undoes it. */
const connecting = <S extends Socket>(host: string, port: number, own: (socket: S) => void, dialling: Dialling<S>) =>
  (resume: (effect: Effect.Effect<S, TransportError>) => void): Effect.Effect<void> => {
    const socket = dialling(host, port)
    own(socket)
    socket.on("error", swallowErrors)
    const onError = (error: Error): void => {
      socket.destroy()
      resume(Effect.fail(socketFailure(error, "connect")))
    }
    socket.once("error", onError)
    // Before what a TLS socket does then, so that its handshake is no part of connecting.
    socket.prependOnceListener("connect", () => {
      socket.off("error", onError)
      resume(Effect.succeed(socket))
    })
    return Effect.sync(() => {
      socket.destroy()
    })
  }

/**
 * Opens a TCP connection to a host, an address unless it is the user's own
 * proxy. The socket is unread and swallows its late errors; `own` learns of it
 * before it is used, so that an interruption at any moment leaves none open.
 */
export const openTcp = (host: string, port: number, own: (socket: Socket) => void): Effect.Effect<Socket, TransportError> =>
  Effect.callback(connecting(host, port, own, plain))

/** As `openTcp`, and what `late` says when it takes longer than `ms`; with another kind of socket. */
export const openTcpWithin = <S extends Socket>(
  deadline: Deadline,
  ms: number,
  late: () => Effect.Effect<S, TransportError>,
  ...[host, port, own, dialling]: Parameters<typeof connecting<S>>
): Effect.Effect<S, TransportError> => deadline.callback(ms, connecting(host, port, own, dialling), late)
