import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, connect, type AddressInfo, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestCertificate } from "./test-certificate.ts"

const program = "/usr/sbin/ngircd"

/** Whether Debian's ngircd is here; says so when not. */
export const ngircdInstalled = (): boolean => {
  const installed = existsSync(program)
  if (!installed) console.warn(`Skipped: there is no ${program}. On Debian: apt-get install --no-install-recommends ngircd`)
  return installed
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const untilListening = async (port: number, child: ChildProcess): Promise<void> => {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`ngircd ended with ${child.exitCode}`)
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy()
        resolve(true)
      }).on("error", () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error("ngircd does not listen")
}

export interface Ngircd {
  readonly port: number
  readonly tlsPort: number
  readonly stop: () => void
}

/** A real ngircd on free ports of loopback, in clear text and with TLS. */
export const startNgircd = async (certificate: TestCertificate): Promise<Ngircd> => {
  const folder = mkdtempSync(join(tmpdir(), "ngircd-"))
  const [port, tlsPort] = [await freePort(), await freePort()]
  writeFileSync(join(folder, "key.pem"), certificate.key)
  writeFileSync(join(folder, "cert.pem"), certificate.cert)
  writeFileSync(join(folder, "ngircd.conf"), `[Global]
Name = irc.sim.test
Info = A server of a test
AdminEMail = nobody@sim.test
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = test
[Limits]
MaxConnectionsIP = 0
MaxNickLength = 16
MaxPenaltyTime = 0
[Options]
PAM = no
Ident = no
DNS = no
SyslogFacility = local1
[SSL]
CertFile = ${join(folder, "cert.pem")}
KeyFile = ${join(folder, "key.pem")}
Ports = ${tlsPort}
[Channel]
Name = #closed
Modes = i
`)
  const child = spawn(program, ["-n", "-f", join(folder, "ngircd.conf")], { stdio: ["ignore", "ignore", "ignore"] })
  await untilListening(port, child)
  return {
    port,
    tlsPort,
    stop: () => {
      child.kill("SIGKILL")
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** One who sits in a channel under a nick and with a real name, as servers did. */
export interface Bot {
  readonly send: (line: string) => void
  readonly leave: () => void
  /** What others sent to it by name or into the channel, in order. */
  readonly messages: ReadonlyArray<string>
}

/** Connects a bot and waits until it is in the channel. */
export const startBot = (port: number, nick: string, realName: string | Buffer, channel: string): Promise<Bot> =>
  new Promise((resolve, reject) => {
    const messages: Array<string> = []
    const socket: Socket = connect(port, "127.0.0.1")
    const send = (line: string): void => {
      socket.write(`${line}\r\n`)
    }
    const bot: Bot = { send, leave: () => socket.destroy(), messages }
    let rest = ""
    socket.on("error", reject)
    socket.on("connect", () => {
      send(`NICK ${nick}`)
      socket.write(Buffer.concat([Buffer.from(`USER bot 0 * :`), Buffer.from(realName), Buffer.from("\r\n")]))
    })
    socket.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString("latin1")).split("\r\n")
      rest = lines.pop()!
      for (const line of lines) {
        const [, command] = line.split(" ")
        if (line.startsWith("PING")) send(line.replace("PING", "PONG"))
        else if (command === "001") send(`JOIN ${channel}`)
        else if (command === "366") resolve(bot)
        else if (command === "PRIVMSG" || command === "NOTICE") messages.push(line)
        else if (command === "433" || command === "432") reject(new Error(line))
      }
    })
  })
