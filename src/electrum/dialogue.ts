import { Effect, type Scope } from "effect"
import type { Duplex } from "node:stream"
import type { BytesShare } from "./byte-budget.ts"
import { decodeLine, type Line } from "./json-rpc.ts"
import { LineFramer, type LineSink } from "./line-framer.ts"

/** Why nothing more is heard. */
export type DialogueEnd = "closed" | "reset" | "tls" | "too large" | "budget"

/** One line that came, whatever it answers. */
export interface HeardLine {
  readonly line: Line
  readonly crlf: boolean
  /** Milliseconds by the clock of the dialogue's owner. */
  readonly atMs: number
}

/** Bounds of one dialogue: short questions have short answers. */
export const dialogueBounds = { lineBytes: 64_000, totalBytes: 256_000, lines: 200 } as const

/** So much of a line that never ended is kept. */
const unfinishedLength = 200

export interface DialogueOptions {
  readonly share: BytesShare
  /** Monotonic milliseconds since the visit started. */
  readonly now: () => number
}

/**
 * Raw lines over one connection: what is said is written as it is, well-formed
 * or not, and every line that comes is heard, paired with nothing. For probes of
 * the envelope itself; requests and their replies are `Session`'s.
 */
export class Dialogue {
  bytesIn = 0
  bytesOut = 0
  ended: DialogueEnd | null = null
  endDetail: string | null = null
  readonly #socket: Duplex
  readonly #options: DialogueOptions
  readonly #framer = new LineFramer(dialogueBounds.lineBytes)
  readonly #sink: LineSink = {
    line: (bytes, crlf) => this.#onLine(bytes, crlf),
    // Nothing is let pass: what it costs of a server's patience would be more than all questions of a deep visit.
    overflow: () => {
      this.#give("too large", `a line of more than ${dialogueBounds.lineBytes} bytes`)
      return false
    },
    skipped: () => false
  }
  #heard: Array<HeardLine> = []
  #lines = 0
  #arrivedMs = 0
  #wake: (() => void) | null = null

  constructor(socket: Duplex, options: DialogueOptions) {
    this.#socket = socket
    this.#options = options
    socket.on("data", this.#onData)
    socket.on("end", this.#onEnd)
    socket.on("close", this.#onEnd)
    socket.on("error", this.#onError)
    if (socket.errored !== null) this.#onError(socket.errored)
    else if (socket.destroyed || socket.readableEnded) this.#onEnd()
  }

  /** A dialogue that lets go of socket and share when the scope closes; the socket itself is its dialer's. */
  static readonly open = (socket: Duplex, options: DialogueOptions): Effect.Effect<Dialogue, never, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.sync(() => new Dialogue(socket, options)),
      (dialogue) => Effect.sync(() => dialogue.#leave())
    )

  /** Writes a text as it is; line ends are the caller's. Forgets what was heard before. */
  say(text: string): void {
    this.#heard = []
    if (this.ended !== null) return
    const bytes = Buffer.from(text, "utf8")
    this.bytesOut += bytes.length
    this.#socket.write(bytes)
  }

  /** Ends our side: nothing more will be said. What still comes is heard. */
  sayNoMore(): void {
    if (this.ended === null) this.#socket.end()
  }

  /** Lines since the last `say`, as far as they have come. */
  get heard(): ReadonlyArray<HeardLine> {
    return this.#heard
  }

  /** Lines since the last `say`, when they are enough, the connection has ended, or the time is over. */
  readonly hear = (
    enough: (lines: ReadonlyArray<HeardLine>) => boolean,
    timeoutMs: number
  ): Effect.Effect<ReadonlyArray<HeardLine>> =>
    Effect.suspend(() => {
      if (this.ended !== null || enough(this.#heard)) return Effect.succeed(this.#heard)
      return Effect.callback<void>((resume) => {
        this.#wake = () => {
          if (this.ended !== null || enough(this.#heard)) resume(Effect.void)
        }
      }).pipe(
        Effect.timeoutOption(Math.max(0, timeoutMs)),
        Effect.map(() => {
          this.#wake = null
          return this.#heard
        })
      )
    })

  /** What has come of a line that never ended. */
  unfinishedLine(): string | null {
    return this.#framer.pending === 0 ? null : this.#framer.pendingStart(unfinishedLength).toString("utf8")
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.ended !== null) return
    this.#arrivedMs = this.#options.now()
    this.bytesIn += chunk.length
    this.#framer.push(chunk, this.#sink)
    if (this.ended !== null) return
    if (this.bytesIn > dialogueBounds.totalBytes) {
      this.#give("too large", `more than ${dialogueBounds.totalBytes} bytes of one connection`)
    } else if (!this.#options.share.hold(this.bytesIn)) {
      this.#give("budget", "all visits together hold too much")
    }
  }

  #onLine(bytes: Buffer, crlf: boolean): boolean {
    if (++this.#lines > dialogueBounds.lines) {
      this.#give("too large", `more than ${dialogueBounds.lines} lines`)
      return false
    }
    this.#heard.push({ line: decodeLine(bytes), crlf, atMs: this.#arrivedMs })
    this.#wake?.()
    return true
  }

  readonly #onEnd = (): void => {
    this.#end("closed", null)
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    const code = error.code ?? error.message
    this.#end(code === "ECONNRESET" || code === "EPIPE" ? "reset" : code.startsWith("ERR_SSL") ? "tls" : "closed", code)
  }

  #end(end: DialogueEnd, detail: string | null): void {
    if (this.ended !== null) return
    this.ended = end
    this.endDetail = detail
    this.#wake?.()
  }

  /** Ends it from our side. */
  #give(end: DialogueEnd, detail: string): void {
    this.#end(end, detail)
    this.#framer.stop()
    this.#socket.destroy()
  }

  #leave(): void {
    this.#options.share.release()
    this.#framer.stop()
    this.ended ??= "closed"
    this.#socket.off("data", this.#onData)
    this.#socket.off("end", this.#onEnd)
    this.#socket.off("close", this.#onEnd)
    this.#socket.off("error", this.#onError)
    // A socket may still fail while it is destroyed; an unheard error ends the process.
    this.#socket.on("error", () => {})
  }
}
