import type { Socket } from "node:net"
import { Effect } from "effect"
import type { Socks5Handshake } from "./socks5.ts"
import { TransportError } from "./transport-error.ts"

/** The proxy itself failed. */
export const proxyFailure = (detail: string): TransportError =>
  new TransportError({ reason: "proxy", phase: "connect", detail })

const codeOf = (error: Error): string => "code" in error && typeof error.code === "string" ? error.code : error.message

/**
 * Asks the proxy behind an open socket for a tunnel. On success the socket is
 * the tunnel, as unread as a fresh one, with the peer's first bytes put back;
 * on failure or interruption it is destroyed.
 */
export const socks5Connect = (socket: Socket, handshake: Socks5Handshake): Effect.Effect<void, TransportError> =>
  Effect.callback((resume) => {
    const leave = (): void => {
      socket.off("readable", onReadable)
      socket.off("error", onError)
      socket.off("close", onClose)
    }
    const fail = (error: TransportError): void => {
      leave()
      socket.destroy()
      resume(Effect.fail(error))
    }
    const onError = (error: Error): void => fail(proxyFailure(codeOf(error)))
    const onClose = (): void => fail(proxyFailure("closed before its reply"))
    // By `readable`, not `data`: a socket that was made to flow and then paused would
    // stay paused for whoever listens for its data next.
    const onReadable = (): void => {
      let chunk: Buffer | null
      while ((chunk = socket.read() as Buffer | null) !== null) {
        const step = handshake.push(chunk)
        if (step._tag === "failed") {
          return fail(new TransportError({ ...step.refusal, phase: "connect" }))
        }
        if (step._tag === "connected") {
          leave()
          if (step.leftover.length > 0) socket.unshift(step.leftover)
          return resume(Effect.void)
        }
        if (step.bytes !== null) socket.write(step.bytes)
      }
    }
    socket.on("readable", onReadable)
    socket.on("error", onError)
    socket.on("close", onClose)
    if (socket.destroyed) onClose()
    else socket.write(handshake.greeting)
    return Effect.sync(() => {
      leave()
      socket.destroy()
    })
  })
