import type { Socket } from "node:net"
import type { Request } from "../implementations/implementation.ts"
import type { Session } from "./session.ts"

/** A way to misbehave, on top of an implementation. Unset parts leave the behaviour alone. */
export interface Trait {
  /** One line for people. */
  readonly title: string
  /** Sees a connection before TLS and before any byte; true = the trait took it over. */
  readonly connection?: (socket: Socket, transport: "tcp" | "tls") => boolean
  /** Runs when the transport is up; true = the trait took the session over, requests are not read. */
  readonly opened?: (session: Session) => boolean
  /** Other JSON text for the result of a method; undefined keeps it. */
  readonly result?: (method: string, json: string, session: Session) => string | undefined
  /** Another reply line; null sends none, undefined keeps it. */
  readonly line?: (text: string, request: Request, session: Session) => string | Buffer | null | undefined
  /** Runs after a reply went out (or was swallowed). */
  readonly replied?: (request: Request, session: Session) => void
  /** Never answers a TLS close_notify. */
  readonly ignoresClose?: boolean
  /** Everybody's allowance is used up: ElectrumX answers -101 and closes. */
  readonly exhausted?: boolean
  /** Other certificates than one valid self-signed one. */
  readonly certificate?: "expired" | "future" | "wrong name" | "old tls" | "long chain" | "new each time"
}
