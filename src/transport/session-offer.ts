import type { TLSSocket } from "node:tls"

/** Versions 1 of the structure and 3 of SSL, as OpenSSL's SSL_SESSION begins (`d2i_SSL_SESSION`); the minor version follows. */
const sessionHead = Buffer.from("020101020203", "hex")
/** From there: minor version, cipher with tag and length, tag of the identifier. */
const identifierLengthAt = sessionHead.length + 1 + 4 + 1

/** Node puts something of its own before OpenSSL's encoding. */
const hasIdentifier = (session: Buffer | undefined): boolean => {
  const at = session?.indexOf(sessionHead) ?? -1
  return at !== -1 && (session![at + identifierLengthAt] ?? 0) > 0
}

const isOffered = (socket: TLSSocket): boolean =>
  // A ticket; null of a socket that is gone.
  socket.getTLSTicket() != null ||
  // Before TLS 1.3 the server may keep the session itself and give but an identifier.
  (socket.getProtocol() !== "TLSv1.3" && hasIdentifier(socket.getSession()))

/**
 * Tells whether the server of a connection gave a session to resume by now, or while it stood. Listening
 * for sessions would have each of the two tickets that servers give encoded and copied, for a number.
 */
export const sessionOffer = (socket: TLSSocket): () => boolean => {
  let offered = false
  const destroy = socket._destroy
  // The last moment at which OpenSSL can be asked, and the only one before resets are told of.
  socket._destroy = (error, callback) => {
    offered = isOffered(socket)
    destroy.call(socket, error, callback)
  }
  return () => offered ||= isOffered(socket)
}
