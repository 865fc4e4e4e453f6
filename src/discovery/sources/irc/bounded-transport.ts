import { EventEmitter } from "node:events"
import type { Duplex } from "node:stream"
import type { Transport } from "irc-framework"
import { LineFramer } from "../../../electrum/line-framer.ts"
import { type IrcLine, parseIrcLine } from "./irc-line.ts"

/** Bytes of one line that are read; IRC has 512, and 8,191 of tags. The rest of a longer line is passed over. */
const maxLineBytes = 10_000

/** Bytes taken of one server in all: WHO of a channel with 5,000 nicks comes to about one megabyte. */
const maxBytes = 4_000_000

/** What the library needs to see to register, to authenticate and to answer pings; of everything else nothing reaches it. */
const forTheLibrary = new Set(["001", "433", "432", "437", "CAP", "AUTHENTICATE", "900", "902", "903", "904", "905", "906", "907", "908", "PING"])

/** Who learns what comes. */
export interface TransportSink {
  readonly line: (line: IrcLine) => void
  /** Bounds exceeded, or something the library stumbled over: nothing more is read. */
  readonly failed: (message: string) => void
}

/**
 * What irc-framework talks through: an open socket of ours (so that policy,
 * proxies and Tor hold here too) with bounds the library does not have. The
 * library is shown only what it has to answer; what people say is never read.
 */
export const boundedTransport = (socket: Duplex, sink: TransportSink): new() => Transport =>
  class extends EventEmitter implements Transport {
    #bytes = 0
    #over = false
    readonly #framer = new LineFramer(maxLineBytes)

    connect(): void {
      socket.on("data", (chunk: Buffer) => this.#take(chunk))
      socket.on("close", () => this.#end())
      socket.on("end", () => this.#end())
      queueMicrotask(() => this.emit("open"))
    }

    #take(chunk: Buffer): void {
      if (this.#over) return
      this.#bytes += chunk.length
      if (this.#bytes > maxBytes) return this.#fail(`more than ${maxBytes.toLocaleString("en")} bytes came`)
      this.#framer.push(chunk, {
        line: (line) => this.#line(line.toString("utf8")),
        overflow: () => true,
        skipped: () => true
      })
    }

    /** False: take nothing more. */
    #line(text: string): boolean {
      try {
        const line = parseIrcLine(text)
        // CAP has a target and a subcommand before its list; the library does not look whether they are there.
        if (forTheLibrary.has(line.command) && line.words.length >= (line.command === "CAP" ? 3 : 1)) this.emit("line", text)
        sink.line(line)
      } catch (cause) {
        this.#fail(`a line that makes no sense: ${cause instanceof Error ? cause.message : String(cause)}`)
      }
      return !this.#over
    }

    #fail(message: string): void {
      this.#over = true
      socket.destroy()
      sink.failed(message)
    }

    #end(): void {
      if (this.#over) return
      this.#over = true
      this.emit("close", false)
    }

    isConnected(): boolean {
      return !socket.destroyed
    }

    writeLine(line: string, done?: () => void): void {
      if (socket.destroyed) return done?.()
      socket.write(`${line}\r\n`, done === undefined ? undefined : () => done())
    }

    close(): void {
      socket.destroy()
    }

    disposeSocket(): void {
      socket.destroy()
    }

    setEncoding(): boolean {
      return true
    }
  }
