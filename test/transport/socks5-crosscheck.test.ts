import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { SocksClient } from "socks"
import { dial, nextText } from "../support/dialing.ts"
import { tcpServer } from "../support/loopback-server.ts"
import { socksServer } from "../support/socks-server.ts"

/** The same tunnel by the package `socks`; its first bytes as text. */
const byPackage = (port: number, host: string, credentials: { readonly username: string; readonly password: string } | null) =>
  Effect.promise(async () => {
    const { socket } = await SocksClient.createConnection({
      command: "connect",
      destination: { host, port: 50001 },
      proxy: {
        host: "127.0.0.1",
        port,
        type: 5,
        ...(credentials === null ? {} : { userId: credentials.username, password: credentials.password })
      }
    })
    const text = await new Promise<string>((resolve) => {
      socket.once("data", (chunk) => resolve(chunk.toString()))
      socket.resume()
    })
    socket.destroy()
    return text
  })

describe("SOCKS5 client beside the package socks", () => {
  it.effect.each([
    ["electrum.example.org", null],
    ["34.90.1.2", null],
    ["2a01:4f8::1", null],
    [`${"c".repeat(56)}.onion`, { username: "stream", password: "one" }]
  ] as const)("asks for %s as it does, and gets the same tunnel", ([host, credentials]) =>
    Effect.gen(function*() {
      const target = yield* tcpServer((socket) => socket.write("same"))
      const server = yield* socksServer({ answer: () => ({ port: target.port }), credentials: credentials !== null })
      expect(yield* byPackage(server.port, host, credentials)).toBe("same")
      const proxy = { host: "127.0.0.1", port: server.port, credentials }
      const endpoint = host.includes(":") ? `[${host}]:50001:t` : `${host}:50001:t`
      const connection = yield* dial(endpoint, { proxy, tor: proxy })
      expect(yield* nextText(connection)).toBe("same")
      const [theirs, ours] = server.requests
      const { bytes: theirBytes, ...theirRequest } = theirs!
      const { bytes: ourBytes, ...ourRequest } = ours!
      expect(ourRequest).toEqual(theirRequest)
      // Greetings may list methods in another order; what follows must be the same to the byte.
      const afterGreeting = (bytes: Buffer) => bytes.subarray(2 + bytes[1]!)
      expect(afterGreeting(ourBytes)).toEqual(afterGreeting(theirBytes))
    }))
})
