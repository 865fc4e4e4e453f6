import { constants } from "node:crypto"
import type { Socket, TcpNetConnectOpts } from "node:net"
import { connect, type ConnectionOptions, createSecureContext, type SecureContext, type TLSSocket } from "node:tls"
import { Effect } from "effect"
import type { HandshakeFacts } from "../domain/visit.ts"
import { certificateFacts, chainOf } from "./certificate.ts"
import type { Deadline } from "./deadline.ts"
import { socketFailure } from "./socket-failure.ts"
import { type Dialling, swallowErrors } from "./tcp.ts"
import { TransportError } from "./transport-error.ts"

let shared: SecureContext | undefined

/**
 * One context for every connection. Old keys, digests and versions are let
 * through, because weakness is a finding and not a failure to connect.
 */
const secureContext = (): SecureContext =>
  shared ??= createSecureContext({
    ciphers: "DEFAULT@SECLEVEL=0",
    minVersion: "TLSv1",
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT
  })

/** A TLS connection and what its handshake showed. */
export interface SecureConnection {
  readonly socket: TLSSocket
  readonly facts: HandshakeFacts
  /** Whether a session to resume was given by now. */
  readonly sessionOffered: () => boolean
}

/** The certificates presented; none where Node fails to give them, which must not cost the visit. */
const certificatesOf = (socket: TLSSocket): Pick<HandshakeFacts, "certificate" | "chain"> => {
  try {
    const leaf = socket.getPeerX509Certificate()
    if (leaf === undefined) return { certificate: null, chain: [] }
    return { certificate: certificateFacts(leaf) ?? null, chain: chainOf(leaf) }
  } catch {
    return { certificate: null, chain: [] }
  }
}

const nonEmpty = (text: unknown): string | null => typeof text === "string" && text !== "" ? text : null

/** Name of the group; its kind and size in bits where it has none, as with DHE over TLS 1.2. */
const group = (socket: TLSSocket): string | null => {
  const info = socket.getEphemeralKeyInfo()
  if (info === null || !("type" in info) || info.type === undefined) return null
  return ("name" in info ? nonEmpty(info.name) : null) ?? `${info.type} ${info.size}`
}

/** What a handshake that is over showed; `sni` is the name that was sent. */
export const handshakeFacts = (socket: TLSSocket, sni: string | null): HandshakeFacts => ({
  version: socket.getProtocol(),
  // Undefined on a socket already gone, whatever the types say.
  cipher: nonEmpty(socket.getCipher()?.standardName),
  group: group(socket),
  alpn: nonEmpty(socket.alpnProtocol),
  sni,
  // Node gives the code as a string where its types say Error.
  verifyError: socket.authorized ? null : String(socket.authorizationError),
  ...certificatesOf(socket)
})

const ended = (): TransportError => new TransportError({ reason: "closed", phase: "tls", detail: "end of stream" })

/** Why a socket is gone before its handshake was waited for. */
const endedBefore = ({ errored }: Socket): TransportError => errored === null ? ended() : socketFailure(errored, "tls")

/** Set once the handshake is over, to one or the other. */
const isShaken = ({ authorizationError, authorized }: TLSSocket): boolean => authorized || authorizationError !== null

const optionsOf = (sni: string | null): ConnectionOptions => ({
  secureContext: secureContext(),
  rejectUnauthorized: false,
  ...(sni === null ? {} : { servername: sni })
})

/** Sockets over which a session to resume was given. */
const offeredSession = new WeakSet<TLSSocket>()

function rememberOffer(this: TLSSocket): void {
  offeredSession.add(this)
}

/** Begins a TLS socket; sessions are listened for from the beginning, since none is told of later. */
const begin = (options: ConnectionOptions): TLSSocket => connect(options).once("session", rememberOffer)

/**
 * A TLS socket that connects by itself: with a socket of `node:net` below it, each connection
 * has twice the objects, listeners and closing.
 */
export const secureDialling = (sni: string | null): Dialling<TLSSocket> => (host, port) => {
  // Typed by itself, since `connect` takes what its types do not have.
  const options: ConnectionOptions & TcpNetConnectOpts = { ...optionsOf(sni), host, port, noDelay: true }
  return begin(options)
}

/**
 * A TLS socket over a connected one. `host` is what its certificate is compared with where no name is sent.
 *
 * From here on only the TLS socket may be destroyed, which closes the one below.
 * Destroying that one first frees OpenSSL's state under its own feet where it
 * happens inside an event of the TLS socket (Node 24.21: segmentation fault).
 */
export const secureOver = (
  socket: Socket,
  host: string,
  sni: string | null,
  own: (socket: TLSSocket) => void
): Effect.Effect<TLSSocket, TransportError> =>
  Effect.suspend(() => {
    if (socket.destroyed) return Effect.fail(endedBefore(socket))
    const secure = begin({ ...optionsOf(sni), socket, host })
    own(secure)
    secure.on("error", swallowErrors)
    return Effect.succeed(secure)
  })

/**
 * Waits until hands are shaken. `sni` is the announced name: it is sent, an address is not (RFC 6066 section 3).
 * The certificate is read and never required to be valid. Failure and interruption destroy the socket.
 */
export const tlsHandshake = (
  secure: TLSSocket,
  sni: string | null,
  { deadline, ms }: { readonly deadline: Deadline; readonly ms: number }
): Effect.Effect<SecureConnection, TransportError> =>
  deadline.callback<SecureConnection, TransportError>(ms, (resume) => {
    if (secure.destroyed) return resume(Effect.fail(endedBefore(secure)))
    const connection = Effect.sync(() => ({
      socket: secure,
      facts: handshakeFacts(secure, sni),
      sessionOffered: () => offeredSession.has(secure)
    }))
    // A socket that connects by itself shakes hands when it is connected, whoever waits.
    if (isShaken(secure)) return resume(connection)
    const leave = (): void => {
      secure.off("error", onError)
      secure.off("close", onClose)
    }
    const fail = (error: TransportError): void => {
      leave()
      secure.destroy()
      resume(Effect.fail(error))
    }
    const onError = (error: Error): void => fail(socketFailure(error, "tls"))
    const onClose = (): void => fail(ended())
    secure.on("error", onError)
    secure.on("close", onClose)
    secure.once("secureConnect", () => {
      leave()
      resume(connection)
    })
    return Effect.sync(() => {
      leave()
      secure.destroy()
    })
  }, () => Effect.fail(new TransportError({ reason: "tls timeout", phase: "tls", detail: `no answer in ${ms} ms` })))
