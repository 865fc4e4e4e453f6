import { connect } from "node:net"
import { type ConnectionOptions, connect as connectTls } from "node:tls"
import { expect } from "vitest"
import { hello, plainTcp, plainTls } from "../../support/plain-client.ts"
import { certificateOf, dead, staysSilent, talk, tcpIsFine, type TraitChecks } from "../../support/trait-check.ts"

export const connectionChecks: TraitChecks = {
  "reset-after-accept": async (server) => {
    expect((await talk(server, hello, dead)).closed()).toBe("reset")
  },
  "close-after-accept": async (server) => {
    expect((await talk(server, hello, dead)).received().length).toBe(0)
  },
  "tls-stall": async (server) => {
    await tcpIsFine(server)
    await staysSilent(server, hello, 0, true)
  },
  "tls-reset": async (server) => {
    await tcpIsFine(server)
    expect((await talk(server, hello, dead, { tls: true })).closed()).toBe("reset")
  },
  "plain-text-on-tls": async (server) => {
    await tcpIsFine(server)
    const raw = plainTcp(server.tlsPort)
    raw.send("\u0016\u0003\u0001")
    await raw.until((c) => c.lines().length === 1)
    raw.destroy()
    expect(raw.lines()[0]).toContain("-32700")
  },
  "tls-garbage": async (server) => {
    await tcpIsFine(server)
    expect((await talk(server, hello, dead, { tls: true })).closed()).toBe("reset")
  },
  "web-server": async (server) => {
    expect((await talk(server, hello, dead)).received().toString("utf8")).toMatch(/^HTTP\/1\.1 400 /)
  },
  tarpit: (server) => staysSilent(server, hello, 0),
  "endless-garbage": async (server) => {
    const client = await talk(server, hello, (c) => c.size() > 3_000_000)
    expect(client.received().includes(10)).toBe(false)
  },
  "expired-certificate": async (server) => {
    expect(Date.parse((await certificateOf(server)).validTo)).toBeLessThan(Date.now())
  },
  "long-certificate-chain": async (server) => {
    const raw = connect(server.tlsPort, "127.0.0.1")
    const socket = connectTls({ socket: raw, rejectUnauthorized: false })
    await new Promise((resolve, reject) => socket.on("secureConnect", resolve).on("error", reject))
    expect(raw.bytesRead).toBeGreaterThan(30_000)
    socket.destroy()
  },
  "new-certificate-each-time": async (server) => {
    expect((await certificateOf(server)).fingerprint256).not.toBe((await certificateOf(server)).fingerprint256)
  },
  "ignores-tls-close": async (server) => {
    const client = plainTls(server.tlsPort)
    client.send(hello)
    await client.until((c) => c.lines().length === 1)
    client.socket.end()
    const ended = await client.until(dead, 300).then(
      () => true,
      () => false
    )
    client.destroy()
    expect(ended).toBe(false)
  },
  "future-certificate": async (server) => {
    expect(Date.parse((await certificateOf(server)).validFrom)).toBeGreaterThan(Date.now())
  },
  "wrong-name-certificate": async (server) => {
    expect((await certificateOf(server)).checkHost("server.test")).toBeUndefined()
  },
  "old-tls": async (server) => {
    const version = (options: ConnectionOptions): Promise<string> =>
      new Promise((resolve) => {
        const socket = connectTls({ port: server.tlsPort, host: "127.0.0.1", rejectUnauthorized: false, ...options })
        socket.on("secureConnect", () => {
          resolve(socket.getProtocol()!)
          socket.destroy()
        })
        socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""))
      })
    expect(await version({ minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0", maxVersion: "TLSv1.1" })).toBe("TLSv1.1")
    expect(await version({})).toContain("SSL")
  }
}
