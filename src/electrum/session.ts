import { Effect, Scope } from "effect"
import type { Duplex } from "node:stream"
import type { ProbeOutcome } from "../domain/reason.ts"
import type { Deadline } from "../transport/deadline.ts"
import { decodeLine, encodeRequest, type Line } from "./json-rpc.ts"
import { LineFramer, type LineSink, type LongLine } from "./line-framer.ts"
import { decodeLongLine, idOfEdges } from "./long-line.ts"
import { lineBounds } from "./methods.ts"
import {
  type AnsweringLine,
  isError,
  isErrorLine,
  noReply,
  type Reply,
  replyOf,
  type Request,
  type Sent,
  type Stray,
  strayOf,
  strayProblem
} from "./reply.ts"
import { cutText } from "./reply-text.ts"
import { outcomeAtEnd, type SessionEnd } from "./session-end.ts"
import { defaultSessionLimits, type SessionLimits, type SessionOptions } from "./session-options.ts"

const keptStrays = 8
const storedProblem = 200

interface Outstanding extends Sent {
  /** What became of it; null while it waits. */
  outcome: ProbeOutcome | null
  /** Only until it is collected: whoever asked decides how long a reply is kept. */
  reply: Reply | null
  /** An error came under its id, as its reply or later. */
  hasErred: boolean
}

const settle = (it: Outstanding, reply: Reply): void => {
  it.outcome = reply.outcome
  it.reply = reply
}

/**
 * A pipelined client over one connection. Requests of an exchange leave in one
 * packet; replies are paired by id, in whatever order and pieces they come.
 * Nothing here fails: every request gets an outcome.
 */
export class Session {
  readonly strays: Array<Stray> = []
  strayCount = 0
  bytesIn = 0
  bytesOut = 0
  requests = 0
  ended: SessionEnd | null = null
  /** Raw words about the end: an error code, or what exceeded what. */
  endDetail: string | null = null
  /** Bytes the owner of the session keeps of earlier replies; counts into the share. */
  retained = 0
  readonly #socket: Duplex
  readonly #options: SessionOptions
  readonly #limits: SessionLimits
  readonly #framer = new LineFramer(lineBounds.handshake)
  readonly #sink: LineSink = {
    line: (line, crlf) => this.#onLine(line, crlf),
    overflow: () => this.#onOverflow(),
    skipped: (line) => this.#onLongLine(line)
  }
  /** Requests from `#firstId` on, in the order of their ids. */
  #outstanding: Array<Outstanding> = []
  #firstId = 1
  #unanswered = 0
  /** Errors in lines that answer nothing. */
  #strayErrors = 0
  /** Requests under whose ids errors came as replies. */
  #erred = 0
  /** The id of the exchange's request where it has only one. */
  #onlyId: number | null = null
  #exchangeBytes = 0
  #endOnGarbage = false
  /** The line being skipped has been put down to a request already. */
  #skipBlamed = false
  #arrivedMs = 0
  #settle: (() => void) | null = null
  readonly #deadline: Deadline

  constructor(socket: Duplex, options: SessionOptions) {
    this.#socket = socket
    this.#options = options
    this.#deadline = options.deadline
    this.#limits = options.limits ?? defaultSessionLimits
    socket.on("data", this.#onData)
    socket.on("end", this.#onEnd)
    socket.on("close", this.#onEnd)
    socket.on("error", this.#onError)
    // Events of before are over: a peer that closed at once would be waited for in vain.
    if (socket.errored !== null) this.#onError(socket.errored)
    else if (socket.destroyed || socket.readableEnded) this.#onEnd()
  }

  /** A session that lets go of socket and share when the scope closes; the socket itself is its dialer's. */
  static readonly open = (socket: Duplex, options: SessionOptions): Effect.Effect<Session, never, Scope.Scope> =>
    Effect.uninterruptible(Effect.flatMap(Effect.scope, (scope) => {
      const session = new Session(socket, options)
      return Effect.as(Scope.addFinalizer(scope, Effect.sync(() => session.#leave())), session)
    }))

  /**
   * Sends all requests in one packet and waits until each has its reply, the
   * connection ends, or `timeoutMs` have passed. Replies in the order of the
   * requests. `endOnGarbage`: a line that is no JSON-RPC ends the session.
   */
  readonly exchange = (
    requests: ReadonlyArray<Request>,
    timeoutMs: number,
    endOnGarbage = false
  ): Effect.Effect<ReadonlyArray<Reply>> =>
    Effect.suspend(() => {
      const sent = this.#send(requests, endOnGarbage)
      if (this.#unanswered === 0) return Effect.sync(() => this.#collect(sent))
      let passed = false
      const settled = Effect.callback<void>((resume) => {
        if (passed || this.#unanswered === 0 || this.ended !== null) return resume(Effect.void)
        this.#settle = () => resume(Effect.void)
      })
      const onPassed = (): void => {
        passed = true
        this.#settle?.()
      }
      return this.#deadline.set(timeoutMs, onPassed).pipe(
        Effect.andThen(settled),
        Effect.map(() => this.#collect(sent))
      )
    })

  /**
   * Errors that are no replies: they came late, under no id, or under one that was never
   * sent. The server has them on its books all the same. With the replies that are
   * errors, no more than one for each request sent.
   */
  get strayErrors(): number {
    return Math.min(this.#strayErrors, this.requests - this.#erred)
  }

  /** Lets go of what was answered, in a connection that is held for days: what comes under these ids then is a stray. */
  forgetAnswered(): void {
    const waiting = this.#outstanding.findIndex(({ outcome }) => outcome === null)
    const answered = waiting === -1 ? this.#outstanding.length : waiting
    this.#outstanding = this.#outstanding.slice(answered)
    this.#firstId += answered
  }

  /** What has come of a line that never ended, for the record. */
  unfinishedLine(): string | null {
    return this.#framer.pending === 0 ? null : this.#framer.pendingStart(storedProblem).toString("utf8")
  }

  /** What was sent, in the order of the requests. */
  #send(requests: ReadonlyArray<Request>, endOnGarbage: boolean): ReadonlyArray<Outstanding> {
    const sentMs = this.#options.now()
    const from = this.#outstanding.length
    const { writing } = this.#options
    const write = writing?.line ?? encodeRequest
    let packet = ""
    this.#endOnGarbage = endOnGarbage
    this.#onlyId = requests.length === 1 ? this.#firstId + from : null
    for (const request of requests) {
      packet += write(this.#firstId + this.#outstanding.length, request.method.name, request.params)
      this.#outstanding.push({ request, sentMs, outcome: null, reply: null, hasErred: false })
    }
    if (this.ended === null && packet.length > 0) {
      this.#unanswered = requests.length
      this.requests += requests.length
      this.#framer.bound = this.#bound()
      const bytes = Buffer.from(writing === undefined ? packet : writing.packet(packet), "utf8")
      this.bytesOut += bytes.length
      this.#socket.write(bytes)
    }
    return this.#outstanding.slice(from)
  }

  #collect(sent: ReadonlyArray<Outstanding>): ReadonlyArray<Reply> {
    this.#settle = null
    this.#deadline.clear()
    if (this.#unanswered > 0 && this.#framer.isSkipping) this.#blame(`a line of more than ${this.#framer.pending} bytes, without an end`)
    this.#unanswered = 0
    const replies = sent.map((it) => {
      const reply = it.reply ?? noReply(it, this.ended === null ? "timeout" : "closed", this.endDetail)
      it.outcome = reply.outcome
      it.reply = null
      return reply
    })
    this.#exchangeBytes = 0
    this.#hold()
    return replies
  }

  #sentAs(id: number | null): Outstanding | undefined {
    return id === null ? undefined : this.#outstanding[id - this.#firstId]
  }

  /** The largest bound among the outstanding: replies may come in any order. */
  #bound(): number {
    let bound: number = lineBounds.small
    for (const it of this.#outstanding) {
      if (it.outcome === null && it.request.method.lineBound > bound) bound = it.request.method.lineBound
    }
    return bound
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.ended !== null) return
    this.#arrivedMs = this.#options.now()
    this.bytesIn += chunk.length
    this.#framer.push(chunk, this.#sink)
    if (this.ended !== null) return
    if (this.#framer.skippedBytes > this.#limits.skippedBytes) {
      this.#tooLarge(`lines of more than ${this.#limits.skippedBytes} bytes that are not read`)
    } else if (this.bytesIn - this.#framer.skippedBytes > this.#limits.totalBytes) {
      this.#tooLarge(`${this.#limits.totalBytes} bytes of one connection`)
    } else if (!this.#hold()) this.#end("budget", "all visits together hold too much")
  }

  #hold(): boolean {
    return this.#options.share.hold(this.#framer.pending + this.#exchangeBytes + this.retained)
  }

  #onLine(bytes: Buffer, crlf: boolean): boolean {
    this.#exchangeBytes += bytes.length
    const line = decodeLine(bytes, this.#options.entries)
    if (line._tag === "notification") {
      // We subscribed to headers: a new block during a visit is no surprise.
      const expected = line.method === "blockchain.headers.subscribe" && Array.isArray(line.params)
      if (expected && this.#options.onTip !== undefined) {
        this.#options.onTip(line.params as ReadonlyArray<unknown>, this.#arrivedMs)
        return true
      }
      this.#stray(line, crlf, line.params === undefined ? "notification without params" : "notification", !expected)
    } else {
      // An error without an id can only be about the request of an exchange that has only one.
      const id = line.id ?? (line._tag === "error" && line.anonymous ? this.#onlyId : null)
      const it = this.#sentAs(id)
      if (it === undefined) this.#stray(line, crlf, strayProblem(line), true)
      else if (it.outcome !== null) {
        this.#stray(line, crlf, it.outcome === "timeout" ? "late reply" : `repeated id ${id}`, true, it)
      } else this.#answer(it, line, crlf)
    }
    return this.ended === null
  }

  #answer(it: Outstanding, line: AnsweringLine, crlf: boolean): void {
    const reply = replyOf(it, line, this.#arrivedMs, crlf ? "crlf" : "lf")
    settle(it, reply)
    it.hasErred = isError(reply)
    if (it.hasErred) this.#erred++
    this.#unanswered--
    this.#framer.bound = this.#bound()
    if (this.#unanswered === 0) this.#settle?.()
  }

  /** `of`: whose id it has. */
  #stray(line: Line, crlf: boolean, problem: string, kept: boolean, of?: Outstanding): void {
    this.strayCount++
    if (isErrorLine(line) && of?.hasErred !== true) {
      this.#strayErrors++
      if (of !== undefined) of.hasErred = true
    }
    if (kept && this.strays.length < keptStrays) this.strays.push(strayOf(line, problem, this.#arrivedMs, crlf ? "crlf" : "lf"))
    if (line._tag === "malformed" && this.#endOnGarbage) {
      this.#end("garbage", `${line.problem}: ${cutText(line.text, storedProblem)}`)
    } else if (this.strayCount > this.#limits.strays) this.#end("flood", `${this.strayCount} unasked lines`)
  }

  /** Where only one short reply makes sense nobody waits for the end of a long line. */
  #onOverflow(): boolean {
    this.#skipBlamed = false
    if (this.#endOnGarbage) this.#tooLarge(`a line of more than ${this.#framer.pending} bytes`)
    return this.ended === null
  }

  #onLongLine(long: LongLine): boolean {
    const line = decodeLongLine(long)
    this.#exchangeBytes += line.text.length
    const id = line.id ?? this.#onlyId
    const it = this.#sentAs(id)
    if (it === undefined || it.outcome !== null) {
      if (!this.#skipBlamed) this.#stray(line, long.crlf, line.problem, true)
    } else {
      this.#options.onOverflow?.(long.start, it.request)
      this.#answer(it, line, long.crlf)
    }
    return this.ended === null
  }

  #tooLarge(detail: string): void {
    this.#blame(detail)
    this.#end("too large", detail)
  }

  /**
   * Puts what is too large down to one request: the one that the line now being
   * skipped begins with, else the first with the largest bound, since no smaller
   * reply would have come so far.
   */
  #blame(detail: string): void {
    const isSkipping = this.#framer.isSkipping
    if (isSkipping && this.#skipBlamed) return
    const start = this.#framer.pendingStart(this.#framer.pending)
    const id = isSkipping ? idOfEdges(start, null) : null
    const bound = this.#bound()
    const named = this.#sentAs(id)
    const it = named?.outcome === null
      ? named
      : this.#outstanding.find(({ outcome, request }) => outcome === null && request.method.lineBound >= bound)
    if (it === undefined) return
    settle(it, { ...noReply(it, "too large", detail), bytes: isSkipping ? this.#framer.longBytes : 0 })
    this.#skipBlamed = isSkipping
    if (isSkipping) this.#options.onOverflow?.(start, it.request)
  }

  readonly #onEnd = (): void => {
    this.#end("closed", null)
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    const code = error.code ?? error.message
    const end = code === "ECONNRESET" || code === "EPIPE" ? "reset" : code.startsWith("ERR_SSL") ? "tls" : "closed"
    this.#end(end, code)
  }

  #end(end: SessionEnd, detail: string | null): void {
    if (this.ended !== null) return
    this.ended = end
    this.endDetail = detail
    if (this.#framer.isSkipping) this.#blame(`a line of more than ${this.#framer.pending} bytes, without an end`)
    if (end !== "closed" && end !== "reset" && end !== "tls") {
      const outcome = outcomeAtEnd[end]
      for (const it of this.#outstanding) if (it.outcome === null) settle(it, noReply(it, outcome, detail))
      this.#framer.stop()
      this.#socket.destroy()
    }
    this.#settle?.()
    this.#options.onEnd?.()
  }

  #leave(): void {
    this.#deadline.clear()
    this.#options.share.release()
    this.#framer.stop()
    this.ended ??= "closed"
    this.#socket.off("data", this.#onData)
    this.#socket.off("end", this.#onEnd)
    this.#socket.off("close", this.#onEnd)
    this.#socket.off("error", this.#onError)
    // A socket may still fail while it is destroyed; nobody is interested, but an unheard error ends the process.
    this.#socket.on("error", () => {})
  }
}
