/** What is used of irc-framework 4.14, which has no types of its own. */
declare module "irc-framework" {
  import type { EventEmitter } from "node:events"

  export interface Transport extends EventEmitter {
    connect(): void
    isConnected(): boolean
    writeLine(line: string, done?: () => void): void
    close(force: boolean): void
    disposeSocket(): void
    setEncoding(encoding: string): boolean
  }

  export interface ConnectOptions {
    readonly nick: string
    readonly username: string
    readonly gecos: string
    readonly auto_reconnect: boolean
    readonly ping_interval: number
    readonly ping_timeout: number
    readonly account?: { readonly account: string; readonly password: string }
    readonly sasl_disconnect_on_fail: boolean
    readonly transport: new() => Transport
  }

  class Client {
    connect(options: ConnectOptions): void
    raw(...words: ReadonlyArray<string>): void
    changeNick(nick: string): void
    quit(message: string): void
    on(event: "registered", listener: () => void): this
    on(event: "nick in use" | "nick invalid", listener: () => void): this
    on(event: "sasl failed", listener: (event: { readonly reason: string; readonly message?: string }) => void): this
    on(event: "close", listener: () => void): this
  }

  const framework: { readonly Client: typeof Client }
  export default framework
}
