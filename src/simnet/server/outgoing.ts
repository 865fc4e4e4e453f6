import type { Socket } from "node:net"

/** Milliseconds a reply takes on its way, drawn anew for each. */
export type Delay = () => number

/**
 * The way from a server to its client: writes and the final close arrive in
 * order, each after the network's delay.
 */
export class Outgoing {
  readonly #socket: Socket
  readonly #delay: Delay
  readonly #turns: number
  readonly #waiting: Array<{ readonly at: number; readonly act: () => void }> = []
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Immediate | undefined
  #lastAt = 0
  #taken = false

  /**
   * `turns` of the event loop pass at least before anything leaves. With one,
   * what ends the connection within the turn takes replies with it; with more,
   * an end of the client's that came together with its request is seen first.
   */
  constructor(socket: Socket, delay: Delay, turns = 1) {
    this.#socket = socket
    this.#delay = delay
    this.#turns = turns
  }

  write(bytes: string | Buffer): void {
    this.#after(() => {
      if (this.#socket.writable) this.#socket.write(bytes)
    })
  }

  /**
   * Leave the socket to `act` once everything before has left; what comes
   * later waits until it calls `release`.
   */
  takeOver(act: (socket: Socket, release: () => void) => void): void {
    this.#after(() => {
      this.#taken = true
      act(this.#socket, () => {
        this.#taken = false
        this.#arrive()
      })
    })
  }

  /** End of stream after everything written so far. */
  end(): void {
    this.#after(() => this.#socket.destroySoon())
  }

  /** Cut without an orderly TLS or TCP end, after everything written so far. */
  cut(): void {
    this.#after(() => this.#socket.destroy())
  }

  /** The connection is over: drop what is still on its way. */
  drop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    this.#timer = undefined
    this.#soon = undefined
    this.#waiting.length = 0
  }

  #after(act: () => void): void {
    const now = performance.now()
    const at = Math.max(now + this.#delay(), this.#lastAt)
    this.#lastAt = at
    this.#waiting.push({ at, act })
    if (at - now < slack) this.#soon ??= this.#afterTurns(this.#turns)
    else this.#timer ??= setTimeout(this.#arrive, at - now)
  }

  #afterTurns(turns: number): NodeJS.Immediate {
    return setImmediate(() => {
      if (turns <= 1) this.#arrive()
      else this.#soon = this.#afterTurns(turns - 1)
    })
  }

  readonly #arrive = (): void => {
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    this.#timer = undefined
    this.#soon = undefined
    const now = performance.now() + slack
    while (!this.#taken && this.#waiting.length > 0 && this.#waiting[0]!.at <= now) this.#waiting.shift()!.act()
    if (!this.#taken && this.#waiting.length > 0) this.#timer = setTimeout(this.#arrive, this.#waiting[0]!.at - now)
  }
}

/** Timers of Node count whole milliseconds. */
const slack = 1
