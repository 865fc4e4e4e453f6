import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { LoopbackWorld } from "./loopback-world.ts"

/** Where Debian's package puts the wallet. */
export const walletProgram = "/usr/bin/electrum"

export interface WalletOptions {
  /** `walletProgram`, or where else the wallet is. */
  readonly program: string
  readonly world: LoopbackWorld
  /** `host:port:s`. */
  readonly server: string
  /** The SOCKS5 proxy that knows this host. */
  readonly socksPort: number
  /** No other connections than that to the server. */
  readonly oneServer: boolean
}

/** A running wallet daemon, asked over a socket in its folder. */
export interface ElectrumWallet {
  /** One of its commands. */
  readonly call: (method: string, params?: Readonly<Record<string, unknown>>) => Promise<unknown>
  /** Asks a command again until the answer is as wanted; fails with the last one and the wallet's log. */
  readonly until: (method: string, wanted: (answer: unknown) => boolean, withinMs: number) => Promise<unknown>
  /** Everything that it logged. */
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** For the socket, which only this user can reach; the wallet insists on some. */
const user = "measure"
const password = "loopback"

const post = (socketPath: string, method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const sent = request(
      { socketPath, method: "POST", path: "/", auth: `${user}:${password}`, headers: { host: "localhost" }, timeout: 60_000 },
      (answer) => {
        let text = ""
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
        answer.on("end", () => {
          if (answer.statusCode !== 200) return reject(new Error(`${method}: HTTP ${answer.statusCode} ${text}`))
          const reply = JSON.parse(text) as { readonly result?: unknown; readonly error?: { readonly message: string } }
          if (reply.error === undefined) resolve(reply.result)
          else reject(new Error(`${method}: ${reply.error.message}`))
        })
      }
    )
    sent.on("timeout", () => sent.destroy(new Error(`${method}: no answer`)))
    sent.on("error", reject)
    sent.end(JSON.stringify({ id: 0, jsonrpc: "2.0", method, params }))
  })

/**
 * Starts the wallet as a daemon in regtest with a fresh folder: it begins with
 * one server and asks nobody else for prices or updates.
 */
export const startElectrumWallet = async ({ oneServer, program, server, socksPort, world }: WalletOptions): Promise<ElectrumWallet> => {
  const folder = mkdtempSync(join(tmpdir(), "electrum-"))
  const socketPath = join(folder, "rpc")
  mkdirSync(join(folder, "regtest"))
  writeFileSync(
    join(folder, "regtest/config"),
    JSON.stringify({ rpcuser: user, rpcpassword: password, check_updates: false, use_exchange_rate: false, use_gossip: false })
  )
  const daemon = ["daemon", ...(oneServer ? ["-1"] : []), "-s", server, "-p", `socks5:127.0.0.1:${socksPort}`]
  const asking = ["--rpcsock", "unix", "--rpcsockpath", socketPath]
  const child = world.spawn(
    // It must not outlive who started it.
    "setpriv",
    ["--pdeathsig", "KILL", "--", program, "--regtest", "-D", folder, "-v", ...daemon, ...asking],
    { env: { PATH: "/usr/bin:/bin", HOME: folder }, stdio: ["ignore", "pipe", "pipe"] }
  )
  let log = ""
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding("utf8").on("data", (chunk: string) => (log += chunk))
  const exited = new Promise<void>((resolve) => void child.once("close", () => resolve()))
  const failure = (what: string): Error => new Error(`${what}; the wallet's log ends with:\n${log.slice(-4000)}`)
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM")
    const patience = setTimeout(() => child.kill("SIGKILL"), 5000)
    await exited
    clearTimeout(patience)
    rmSync(folder, { recursive: true, force: true })
  }
  const call: ElectrumWallet["call"] = (method, params = {}) => post(socketPath, method, params)
  const until: ElectrumWallet["until"] = async (method, wanted, withinMs) => {
    const deadline = Date.now() + withinMs
    for (;;) {
      const answer = await call(method)
      if (wanted(answer)) return answer
      if (Date.now() > deadline) throw failure(`${method} still says ${JSON.stringify(answer)} after ${withinMs} ms`)
      await sleep(100)
    }
  }
  const deadline = Date.now() + 60_000
  while (!(await call("ping").catch(() => false))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw failure("the wallet does not start")
    }
    await sleep(100)
  }
  return { call, until, log: () => log, stop }
}
