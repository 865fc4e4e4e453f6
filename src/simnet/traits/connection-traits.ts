import type { Socket } from "node:net"
import type { Trait } from "../server/trait.ts"
import { pump } from "./pump.ts"

const everywhere =
  (act: (socket: Socket) => void): NonNullable<Trait["connection"]> =>
  (socket) => {
    act(socket)
    return true
  }

const onTls =
  (act: (socket: Socket) => void): NonNullable<Trait["connection"]> =>
  (socket, transport) => {
    if (transport === "tcp") return false
    act(socket)
    return true
  }

const afterFirstBytes = (socket: Socket, act: () => void): void => {
  socket.once("data", act)
  socket.on("end", () => socket.destroySoon())
  socket.resume()
}

/** What goes wrong before a session is up. */
export const connectionTraits = {
  "reset-after-accept": {
    title: "accepts the connection and resets it at once",
    connection: everywhere((socket) => void socket.resetAndDestroy())
  },
  "close-after-accept": {
    title: "accepts the connection and ends it at once",
    connection: everywhere((socket) => socket.destroySoon())
  },
  "tls-stall": {
    title: "never answers the TLS ClientHello; its TCP port is fine",
    connection: onTls((socket) => void socket.resume())
  },
  "tls-reset": {
    title: "resets when the TLS ClientHello arrives; its TCP port is fine",
    connection: onTls((socket) => afterFirstBytes(socket, () => socket.resetAndDestroy()))
  },
  "plain-text-on-tls": {
    title: "answers in clear text on its TLS port",
    connection: onTls((socket) =>
      afterFirstBytes(socket, () => {
        socket.write('{"jsonrpc":"2.0","error":{"code":-32700,"message":"invalid JSON"},"id":null}\n')
      })
    )
  },
  "tls-garbage": {
    title: "answers the TLS ClientHello with bytes that are no TLS",
    connection: onTls((socket) => afterFirstBytes(socket, () => void socket.write(Buffer.alloc(4096, 0xa5))))
  },
  "web-server": {
    title: "is a web server: answers HTTP 400 to whatever comes, on both ports",
    connection: everywhere((socket) =>
      afterFirstBytes(socket, () => {
        socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        socket.destroySoon()
      })
    )
  },
  tarpit: {
    title: "accepts the connection, completes TLS, never answers",
    opened: (session) => {
      session.socket.resume()
      return true
    }
  },
  "endless-garbage": {
    title: "sends one line of letters that never ends",
    opened: (session) => {
      session.socket.resume()
      const chunk = Buffer.alloc(65_536, "x")
      pump(session.socket, () => chunk)
      return true
    }
  },
  "expired-certificate": {
    title: "shows a certificate that expired a year ago",
    certificate: "expired"
  },
  "future-certificate": {
    title: "shows a certificate that is not valid yet",
    certificate: "future"
  },
  "wrong-name-certificate": {
    title: "shows a certificate for somebody else's name",
    certificate: "wrong name"
  },
  "old-tls": {
    title: "speaks no later TLS than 1.1",
    certificate: "old tls"
  },
  "long-certificate-chain": {
    title: "sends some 40 kB of certificates that have nothing to do with each other",
    certificate: "long chain"
  },
  "new-certificate-each-time": {
    title: "shows another key and certificate on every connection",
    certificate: "new each time"
  },
  "ignores-tls-close": {
    title: "never answers a TLS close, whatever its software",
    ignoresClose: true
  }
} as const satisfies Readonly<Record<string, Trait>>
