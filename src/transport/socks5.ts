import ipaddr from "ipaddr.js"
import { ipVersion } from "../domain/address.ts"
import type { ProxyCredentials } from "./proxy-target.ts"
import { hexByte, type SocksRefusal, socksRefusal } from "./socks5-reply.ts"

/** What the bytes so far ask for. */
export type SocksStep =
  /** Write `bytes` (where there are any) and read on. */
  | { readonly _tag: "continue"; readonly bytes: Buffer | null }
  /** The tunnel stands; `leftover` are the peer's own first bytes. */
  | { readonly _tag: "connected"; readonly leftover: Buffer }
  | { readonly _tag: "failed"; readonly refusal: SocksRefusal }

const version = 5
const noAuthentication = 0x00
const usernamePassword = 0x02
const noAcceptableMethod = 0xff

const waiting: SocksStep = { _tag: "continue", bytes: null }
const writing = (bytes: Buffer): SocksStep => ({ _tag: "continue", bytes })
const failed = (detail: string): SocksStep => ({ _tag: "failed", refusal: { reason: "proxy", detail } })

/** Address type and address of a host as RFC 1928 section 5 writes them; names go as they are, unresolved. */
const addressBytes = (host: string): Buffer => {
  if (ipVersion(host) !== undefined) {
    const bytes = ipaddr.parse(host).toByteArray()
    return Buffer.from([bytes.length === 4 ? 0x01 : 0x04, ...bytes])
  }
  const name = Buffer.from(host, "latin1")
  return Buffer.concat([Buffer.from([0x03, name.length]), name])
}

/** Bytes of a whole reply, known from its first five; undefined for an address type nobody defined. */
const replyLength = (type: number, nameLength: number): number | undefined =>
  type === 0x01 ? 10 : type === 0x04 ? 22 : type === 0x03 ? 7 + nameLength : undefined

/**
 * The client's side of a SOCKS5 CONNECT (RFC 1928, with RFC 1929 credentials),
 * without a socket: bytes in, bytes out. Replies may arrive split or joined in
 * any way; at most 262 bytes of them are ever held.
 */
export class Socks5Handshake {
  /** The first bytes to write. */
  readonly greeting: Buffer
  /** True once CONNECT has been sent: from then on silence is the peer's, not the proxy's. */
  requested = false

  private readonly request: Buffer
  private readonly credentials: ProxyCredentials | null
  private expecting: "method" | "authentication" | "reply" = "method"
  private held: Buffer = Buffer.alloc(0)

  /** `host` is an address literal or a name of at most 255 bytes. */
  constructor(host: string, port: number, credentials: ProxyCredentials | null) {
    this.credentials = credentials
    this.greeting = credentials === null
      ? Buffer.from([version, 1, noAuthentication])
      : Buffer.from([version, 2, usernamePassword, noAuthentication])
    this.request = Buffer.concat([
      Buffer.from([version, 0x01, 0x00]),
      addressBytes(host),
      Buffer.from([port >> 8, port & 0xff])
    ])
  }

  /** Takes bytes of the proxy. Not to be called again after `connected` or `failed`. */
  push(chunk: Buffer): SocksStep {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
    const step = this.expecting === "reply" ? this.readReply() : this.readNegotiation()
    const askedTooLate = step._tag === "continue" && step.bytes !== null && this.held.length > 0
    return askedTooLate ? failed("answered before it was asked") : step
  }

  private readNegotiation(): SocksStep {
    if (this.held.length === 0) return waiting
    const wanted = this.expecting === "method" ? version : 0x01
    if (this.held[0] !== wanted) return failed(`not a SOCKS5 proxy (answered ${hexByte(this.held[0]!)})`)
    if (this.held.length < 2) return waiting
    const answer = this.held[1]!
    this.held = this.held.subarray(2)
    if (this.expecting === "authentication") {
      return answer === 0 ? this.connect() : failed("credentials refused")
    }
    if (answer === noAuthentication) return this.connect()
    if (answer === usernamePassword && this.credentials !== null) {
      this.expecting = "authentication"
      const username = Buffer.from(this.credentials.username)
      const password = Buffer.from(this.credentials.password)
      return writing(Buffer.concat([
        Buffer.from([0x01, username.length]),
        username,
        Buffer.from([password.length]),
        password
      ]))
    }
    return failed(
      answer === noAcceptableMethod ? "no acceptable authentication" : `chose method ${hexByte(answer)}, not offered`
    )
  }

  private connect(): SocksStep {
    this.expecting = "reply"
    this.requested = true
    return writing(this.request)
  }

  private readReply(): SocksStep {
    const held = this.held
    if (held.length === 0) return waiting
    if (held[0] !== version) return failed(`no SOCKS5 reply (began with ${hexByte(held[0]!)})`)
    if (held.length < 2) return waiting
    // A refusal is complete with its code: some proxies send no address after it.
    if (held[1] !== 0) return { _tag: "failed", refusal: socksRefusal(held[1]!) }
    if (held.length < 5) return waiting
    const length = replyLength(held[3]!, held[4]!)
    if (length === undefined) return failed(`reply with address type ${hexByte(held[3]!)}`)
    return held.length < length ? waiting : { _tag: "connected", leftover: held.subarray(length) }
  }
}
