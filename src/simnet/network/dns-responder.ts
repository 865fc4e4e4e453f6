import { createSocket, type Socket as UdpSocket } from "node:dgram"
import { createServer, type Server, type Socket } from "node:net"
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  RECURSION_DESIRED,
  streamEncode
} from "dns-packet"
import { ipVersion } from "../../domain/address.ts"
import type { NameBook } from "./name-book.ts"
import type { RegistryAnswers } from "./registry-answers.ts"
import type { Uplink } from "./uplink.ts"

const ttl = 60
const noSuchName = 3
const formatError = 1

/** What the responder answers from. */
export interface DnsFacts {
  readonly book: NameBook
  readonly registry: RegistryAnswers
}

/** Answer one query: A, AAAA and PTR of names in the book, TXT as the registry has them, NXDOMAIN for other names. */
const answerQuery = ({ book, registry }: DnsFacts, query: Packet): Packet => {
  const question = query.questions?.[0]
  const response = (code: number, answers: Array<Answer>): Packet => ({
    id: query.id ?? 0,
    type: "response",
    // The low four bits of the flags are the response code (RFC 1035, 4.1.1).
    flags: AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & RECURSION_DESIRED) | code,
    questions: query.questions ?? [],
    answers
  })
  if (question === undefined) return response(formatError, [])
  const { name, type } = question
  if (type === "PTR") {
    const host = book.nameOf(name)
    return host === undefined ? response(noSuchName, []) : response(0, [{ name, type: "PTR", ttl, data: host }])
  }
  const texts = registry(name)
  if (texts !== undefined) {
    return response(0, type === "TXT" ? texts.map((data): Answer => ({ name, type, ttl, data })) : [])
  }
  const addresses = book.addressesOf(name)
  if (addresses === undefined) return response(noSuchName, [])
  const version = type === "A" ? 4 : type === "AAAA" ? 6 : undefined
  const answers = addresses
    .filter((address) => ipVersion(address) === version)
    .map((data): Answer => ({ name, type: type as "A" | "AAAA", ttl, data }))
  return response(0, answers)
}

const udpReply = (facts: DnsFacts, bytes: Buffer): Buffer | undefined => {
  try {
    return encode(answerQuery(facts, decode(bytes)))
  } catch {
    return undefined
  }
}

const serveTcp = (facts: DnsFacts, socket: Socket): void => {
  let waiting = Buffer.alloc(0)
  socket.setTimeout(10_000, () => socket.destroy())
  socket.on("error", () => socket.destroy())
  socket.on("data", (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const length = waiting.readUInt16BE(0)
      const message = waiting.subarray(2, 2 + length)
      waiting = waiting.subarray(2 + length)
      try {
        socket.write(streamEncode(answerQuery(facts, decode(message))))
      } catch {
        return void socket.destroy()
      }
    }
  })
}

/** A DNS server for the simulated names, on one UDP and one TCP socket; silent while our own line is down. */
export const createDnsResponder = (
  facts: DnsFacts,
  uplink: Uplink
): { readonly udp: UdpSocket; readonly tcp: Server; readonly stop: () => void } => {
  const udp = createSocket("udp4")
  udp.on("message", (bytes, from) => {
    if (uplink.down) return
    const reply = udpReply(facts, bytes)
    if (reply !== undefined) udp.send(reply, from.port, from.address)
  })
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    if (uplink.down) return void socket.destroy()
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
    serveTcp(facts, socket)
  })
  return {
    udp,
    tcp,
    stop: () => {
      udp.close()
      tcp.close()
      for (const socket of sockets) socket.destroy()
    }
  }
}
