import type { Client } from "../model/client.ts"
import type { ServerModel } from "../model/server-model.ts"

/** The frame that a family puts around results, errors and notifications; ids are JSON text. */
export interface Envelope {
  readonly result: (id: string, json: string) => string
  readonly error: (id: string, code: number, message: string) => string
  /** Without `params` where none are given. */
  readonly notification: (method: string, params: string | null) => string
}

/** One request as far as it could be read. */
export interface Request {
  readonly method: string
  /** The id as JSON text, `null` where the reply has to say null. */
  readonly id: string
}

/** What a method answers: JSON text or an error. */
export type Answer =
  | { readonly result: string }
  | { readonly code: number; readonly message: string; readonly close?: boolean }

/** The answer that is an error; `close` ends the connection after it. */
export const fail = (code: number, message: string, close = false): Answer => ({ code, message, close })

/**
 * What a conversation may do with its connection. Not the session itself: a
 * server that lies holds two conversations, of which one is heard.
 */
export interface Channel {
  readonly model: ServerModel
  /** Null is exempt from limits per client. */
  readonly client: Client | null
  /** The connection is ending: nothing more is sent. */
  readonly closing: boolean
  /** How replies are framed; ElectrumX follows the dialect of the first request. */
  envelope: Envelope
  /** Answer a request. */
  readonly reply: (request: Request, answer: Answer) => void
  /** A reply as one JSON text, for batches. */
  readonly format: (request: Request, answer: Answer) => string
  /** One line to the client, the request it answers given where there is one. */
  readonly sendLine: (text: string, request: Request | null) => void
  /** `server.version` was answered. */
  readonly handshaken: () => void
  /** End in order. */
  readonly close: () => void
  /** End at once: what did not leave yet is lost. */
  readonly abort: () => void
  /** Act after some milliseconds, unless the connection is gone by then. */
  readonly later: (milliseconds: number, act: () => void) => void
}

/** The server's side of one connection, after the transport is up. */
export interface Conversation {
  /** One line without its LF. */
  readonly line: (bytes: Buffer) => void
  /** A line exceeded `lineLimit`. */
  readonly tooLong: () => void
  /** The connection is gone. */
  readonly ended: () => void
}

/** When and how ElectrumX from 1.18 writes to its sockets (protocol-facts 1.3). */
export interface PaddingRule {
  /** Unpadded bytes that go out without waiting: 0 in 1.18.0, 1024 from 1.19. */
  readonly warmUp: number
  /** Whether what waits goes out before an orderly end: from 1.19. */
  readonly flushesAtEnd: boolean
}

/** The worst that its clients did to a process, by its own measures. */
export interface Strain {
  /** Most units that one group of clients had on the books of an ElectrumX; it slows them from 1,000 on. */
  readonly units: number
  /** How often an ElectrumX found a group above that. */
  readonly slowed: number
  /** Most errors of a connection to a Fulcrum beyond what it was served; it closes at 10. */
  readonly errors: number
  /** Connections that a Fulcrum closed for that. */
  readonly closed: number
}

/** Who keeps no books. */
export const noStrain: Strain = { units: 0, slowed: 0, errors: 0, closed: 0 }

/** How one server program behaves on its sockets. */
export interface Implementation {
  readonly envelope: Envelope
  readonly lineEnd: "\n" | "\r\n"
  /** Bytes. */
  readonly lineLimit: number
  readonly padding: PaddingRule | null
  /** Fulcrum never answers a TLS close_notify. */
  readonly answersTlsClose: boolean
  /** Whether replies that are due still go out after the client ended its side. */
  readonly answersAfterEnd: boolean
  /** Milliseconds of silence before it closes, before and after the handshake; null = never. */
  readonly idle: { readonly before: number; readonly after: number } | null
  /** Parallel connections of one address, the next is reset; null = no limit. */
  readonly connectionsPerClient: number | null
  readonly converse: (channel: Channel) => Conversation
  readonly strain: () => Strain
  /** The process ends: it leaves its node. */
  readonly stop: () => void
}

/** The id of a request as it was written, so that `1.0` and large numbers are echoed as they came. */
export const idText = (id: unknown, line: string): string => {
  if (typeof id !== "number") return JSON.stringify(id) ?? "null"
  if (!Number.isFinite(id)) return String(id)
  const written = /"id"\s*:\s*(-?[0-9][0-9.eE+-]*)/.exec(line)?.[1]
  return written !== undefined && Number(written) === id ? written : String(id)
}
