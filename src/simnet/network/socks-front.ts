import { createServer, type Server, type Socket } from "node:net"
import { type AddressScope, addressScope } from "../../domain/address.ts"
import type { RouteTable } from "./route-table.ts"
import { replyForFailure, socksReply } from "./socks-reply.ts"
import type { Uplink } from "./uplink.ts"

const version = 5
const noAuthentication = 0
const usernamePassword = 2
const noAcceptableMethod = 0xff
const connectCommand = 1

/** Reads a client's part of the dialogue step by step; bytes beyond it stay for the connection behind. */
class Reader {
  #bytes: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
  }

  /** The first `length` bytes, left in place; undefined until they are there. */
  peek(length: number): Buffer | undefined {
    return this.#bytes.length < length ? undefined : this.#bytes.subarray(0, length)
  }

  take(length: number): void {
    this.#bytes = this.#bytes.subarray(length)
  }

  rest(): Buffer {
    return this.#bytes
  }
}

interface Target {
  readonly host: string
  readonly port: number
}

type Step = "greeting" | "authentication" | "request"

/** Longest dialogue before it is cut (milliseconds). */
const patienceMs = 30_000

const readAddress = (reader: Reader): { readonly target: Target; readonly length: number } | "wait" | "bad type" => {
  const head = reader.peek(5)
  if (head === undefined) return "wait"
  const type = head[3]!
  const hostLength = type === 1 ? 4 : type === 4 ? 16 : type === 3 ? head[4]! + 1 : -1
  if (hostLength < 0) return "bad type"
  const length = 4 + hostLength + 2
  const bytes = reader.peek(length)
  if (bytes === undefined) return "wait"
  const raw = bytes.subarray(4, 4 + hostLength)
  const host =
    type === 3
      ? raw.subarray(1).toString("latin1")
      : type === 1
        ? raw.join(".")
        : Array.from({ length: 8 }, (_, i) => raw.readUInt16BE(2 * i).toString(16)).join(":")
  return { target: { host, port: bytes.readUInt16BE(length - 2) }, length }
}

/** The address in the reply says nothing: neither loopback ports nor the order of servers. */
const replyBytes = (code: number): Buffer => Buffer.from([version, code, 0, 1, 0, 0, 0, 0, 0, 0])

class Dialogue {
  readonly #socket: Socket
  readonly #routes: RouteTable
  readonly #uplink: Uplink
  readonly #reader = new Reader()
  readonly #onData = (chunk: Buffer): void => {
    this.#reader.push(chunk)
    this.#advance()
  }
  readonly #patience: NodeJS.Timeout
  #step: Step = "greeting"
  #user = ""
  #password = ""

  constructor(socket: Socket, routes: RouteTable, uplink: Uplink) {
    this.#socket = socket
    this.#routes = routes
    this.#uplink = uplink
    this.#patience = setTimeout(() => socket.destroy(), patienceMs)
    socket.on("error", () => socket.destroy())
    socket.once("close", () => clearTimeout(this.#patience))
  }

  begin(): void {
    this.#socket.on("data", this.#onData)
  }

  #advance(): void {
    let before: Step | undefined
    while (before !== this.#step) {
      before = this.#step
      if (this.#step === "greeting") this.#greeting()
      else if (this.#step === "authentication") this.#authentication()
      else return this.#request()
    }
  }

  #greeting(): void {
    const head = this.#reader.peek(2)
    if (head === undefined) return
    if (head[0] !== version) return void this.#socket.destroy()
    const whole = this.#reader.peek(2 + head[1]!)
    if (whole === undefined) return
    const methods = whole.subarray(2)
    const chosen = methods.includes(usernamePassword)
      ? usernamePassword
      : methods.includes(noAuthentication)
        ? noAuthentication
        : noAcceptableMethod
    this.#reader.take(whole.length)
    this.#socket.write(Buffer.from([version, chosen]))
    if (chosen === noAcceptableMethod) return void this.#socket.destroySoon()
    this.#step = chosen === usernamePassword ? "authentication" : "request"
  }

  /** RFC 1929; any credentials are accepted: they isolate streams, as with Tor. */
  #authentication(): void {
    const head = this.#reader.peek(2)
    const userLength = head?.[1]
    if (userLength === undefined) return
    const passwordLength = this.#reader.peek(3 + userLength)?.[2 + userLength]
    if (passwordLength === undefined) return
    const whole = this.#reader.peek(3 + userLength + passwordLength)
    if (whole === undefined) return
    this.#user = whole.subarray(2, 2 + userLength).toString("latin1")
    this.#password = whole.subarray(3 + userLength).toString("latin1")
    this.#reader.take(whole.length)
    this.#socket.write(Buffer.from([1, 0]))
    this.#step = "request"
  }

  #request(): void {
    const read = readAddress(this.#reader)
    if (read === "wait") return
    this.#socket.off("data", this.#onData)
    this.#socket.pause()
    clearTimeout(this.#patience)
    if (read === "bad type") return this.#refuse(socksReply.addressTypeNotSupported, 0)
    if (this.#reader.peek(2)![1] !== connectCommand) return this.#refuse(socksReply.commandNotSupported, 0)
    this.#reader.take(read.length)
    this.#connect(read.target)
  }

  #connect({ host, port }: Target): void {
    if (this.#uplink.down) return this.#refuse(socksReply.networkUnreachable, 1)
    const onion = host.toLowerCase().endsWith(".onion")
    const reached = this.#routes.reach(host, port)
    if (reached === undefined) return this.#refuse(unknownHost(host, onion), 1)
    const client = this.#uplink.client(onion, this.#user, this.#password)
    if (typeof reached === "string") {
      const code = replyForFailure(reached, onion)
      // A black hole: the client's own patience decides, what it sends goes nowhere.
      if (code === null) return void this.#socket.resume()
      return this.#refuse(code, this.#routes.serverAt(host)!.roundTripTo(client))
    }
    this.#after(reached.server.roundTripTo(client), () => {
      const socket = this.#socket
      if (socket.destroyed) return
      socket.write(replyBytes(socksReply.succeeded))
      const rest = this.#reader.rest()
      if (rest.length > 0) socket.unshift(rest)
      reached.server.accept(socket, reached.transport, client)
    })
  }

  #refuse(code: number, afterMs: number): void {
    this.#after(afterMs, () => {
      this.#socket.write(replyBytes(code))
      this.#socket.destroySoon()
    })
  }

  #after(milliseconds: number, act: () => void): void {
    const timer = setTimeout(act, milliseconds)
    this.#socket.once("close", () => clearTimeout(timer))
  }
}

/** Of addresses that a simulated network may have: everybody's, 240.0.0.0/4 and 2001:db8::/32. */
const simulatedScopes: ReadonlyArray<AddressScope> = ["public", "reserved", "documentation"]

const unknownHost = (host: string, onion: boolean): number => {
  if (onion) {
    return /^(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion$/i.test(host)
      ? socksReply.onionDescriptorNotFound
      : socksReply.onionAddressBad
  }
  const scope = addressScope(host)
  return scope === undefined || simulatedScopes.includes(scope) ? socksReply.unreachable : socksReply.generalFailure
}

/**
 * A SOCKS5 proxy (RFC 1928, 1929; CONNECT only) into the simulated internet.
 * Connections are handed to the simulated servers as they are, without a second
 * hop over loopback: half the descriptors and half the processor time.
 */
export const createSocksFront = (
  routes: RouteTable,
  uplink: Uplink
): {
  readonly server: Server
  /** Cut every connection that goes through it. */
  readonly cut: () => void
  readonly stop: () => void
} => {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
    new Dialogue(socket, routes, uplink).begin()
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    server,
    cut,
    stop: () => {
      server.close()
      cut()
    }
  }
}
