import { Effect, type Scope } from "effect"
import { connect, type Socket } from "node:net"
import { type LoopbackServer, tcpServer } from "./loopback-server.ts"

/** What a client asked of the fake proxy. */
export interface SocksRequest {
  /** 1 IPv4, 3 name, 4 IPv6. */
  readonly addressType: number
  /** Dotted IPv4, IPv6 in full hex groups, or the name. */
  readonly host: string
  readonly port: number
  readonly username: string | null
  readonly password: string | null
  /** Everything the client sent up to and with the request. */
  readonly bytes: Buffer
}

export interface SocksServerOptions {
  /** A local port to tunnel to, a reply code, bytes to answer and close with, or silence. */
  readonly answer: (request: SocksRequest) => { readonly port: number } | { readonly code: number } | { readonly raw: Buffer } | "silence"
  /** Offers to take RFC 1929 credentials; false answers with "none needed". */
  readonly credentials?: boolean
  /** With credentials: whether they are accepted. */
  readonly accepts?: (username: string, password: string) => boolean
  /** Replies leave in pieces of so many bytes. */
  readonly pieceBytes?: number
}

export interface FakeSocksServer extends LoopbackServer {
  readonly requests: Array<SocksRequest>
}

const hostOf = (type: number, bytes: Buffer): string =>
  type === 1
    ? [...bytes].join(".")
    : type === 3
    ? bytes.toString("latin1")
    : bytes.toString("hex").replace(/(.{4})(?=.)/g, "$1:")

/** Reads exactly so many bytes from a socket, keeping the rest. */
const reader = (socket: Socket) => {
  let held = Buffer.alloc(0)
  const all: Array<Buffer> = []
  let wake: (() => void) | undefined
  const onData = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk])
    wake?.()
  }
  socket.on("data", onData)
  return {
    all,
    take: async (length: number): Promise<Buffer> => {
      while (held.length < length) await new Promise<void>((resolve) => (wake = resolve))
      const taken = held.subarray(0, length)
      held = held.subarray(length)
      all.push(taken)
      return taken
    },
    release: (): Buffer => {
      socket.off("data", onData)
      return held
    }
  }
}

/** A SOCKS5 proxy that tunnels to loopback ports, written apart from our client. */
export const socksServer = (options: SocksServerOptions): Effect.Effect<FakeSocksServer, never, Scope.Scope> => {
  const requests: Array<SocksRequest> = []

  const send = async (socket: Socket, bytes: Buffer): Promise<void> => {
    const piece = options.pieceBytes ?? bytes.length
    for (let i = 0; i < bytes.length; i += piece) {
      socket.write(bytes.subarray(i, i + piece))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  const serve = async (socket: Socket): Promise<void> => {
    socket.setNoDelay(true)
    const input = reader(socket)
    const [, methodCount] = await input.take(2)
    const methods = await input.take(methodCount!)
    let username: string | null = null
    let password: string | null = null
    if (options.credentials === true && methods.includes(2)) {
      await send(socket, Buffer.from([5, 2]))
      const [, usernameLength] = await input.take(2)
      username = (await input.take(usernameLength!)).toString()
      const [passwordLength] = await input.take(1)
      password = (await input.take(passwordLength!)).toString()
      const accepted = options.accepts?.(username, password) ?? true
      await send(socket, Buffer.from([1, accepted ? 0 : 1]))
      if (!accepted) return void socket.end()
    } else if (methods.includes(0)) {
      await send(socket, Buffer.from([5, 0]))
    } else {
      await send(socket, Buffer.from([5, 0xff]))
      return void socket.end()
    }
    const [, , , addressType] = await input.take(4)
    const length = addressType === 1 ? 4 : addressType === 4 ? 16 : (await input.take(1))[0]!
    const host = hostOf(addressType!, await input.take(length))
    const port = (await input.take(2)).readUInt16BE()
    const request = { addressType: addressType!, host, port, username, password, bytes: Buffer.concat(input.all) }
    requests.push(request)
    const answer = options.answer(request)
    if (answer === "silence") return
    if ("raw" in answer) {
      await send(socket, answer.raw)
      return void socket.end()
    }
    const code = "code" in answer ? answer.code : 0
    const reply = Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
    if (!("port" in answer)) {
      await send(socket, reply)
      return void socket.end()
    }
    const target = connect(answer.port, "127.0.0.1")
    target.once("connect", async () => {
      await send(socket, reply)
      target.write(input.release())
      socket.pipe(target).pipe(socket)
    })
    target.on("error", () => socket.destroy())
    target.on("close", () => socket.destroy())
    socket.on("close", () => target.destroy())
  }

  return Effect.map(tcpServer((socket) => void serve(socket)), (server) => ({ ...server, requests }))
}
