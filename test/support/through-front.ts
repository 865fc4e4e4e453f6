import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect as connectTls } from "node:tls"
import { NodeServices } from "@effect/platform-node"
import { Effect, type Scope } from "effect"
import { SocksClient } from "socks"
import type { RunningSimnet, SimnetError } from "../../src/simnet/simnet.ts"
import { type PlainClient, plainOver, request } from "./plain-client.ts"
import { startFree } from "./running-simnet.ts"

/** A running network of one's own scenario: what is left out is unimportant. */
export const runScenario = (
  scenario: Readonly<Record<string, unknown>>,
  timeScale = 1
): Effect.Effect<RunningSimnet, SimnetError, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = mkdtempSync(join(tmpdir(), "observatory-scenario-"))
    yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
    const file = join(folder, "scenario.json")
    const all = { name: "own", title: "one's own", chain: "mainnet-sim", round_trip_ms: [0, 0], jitter_ms: 0, ...scenario }
    writeFileSync(file, JSON.stringify(all, null, 1))
    return yield* startFree({ scenario: file, timeScale })
  }).pipe(Effect.provide(NodeServices.layer))

/** A connection through the front, as a user with a password where given; fails as the front says. */
export const through = async (
  net: RunningSimnet,
  host: string,
  port: number,
  user?: string,
  password = "x"
): Promise<PlainClient> => {
  const { socket } = await SocksClient.createConnection({
    proxy: {
      host: "127.0.0.1",
      port: net.socksPort,
      type: 5,
      ...(user === undefined ? {} : { userId: user, password })
    },
    command: "connect",
    destination: { host, port },
    timeout: 5000
  })
  const client = plainOver(socket)
  socket.resume()
  return client
}

/** The same with TLS inside; no certificate is refused. */
export const throughTls = async (net: RunningSimnet, host: string, port: number, user?: string, password = "x"): Promise<PlainClient> => {
  const { socket } = await through(net, host, port, user, password)
  socket.removeAllListeners("data")
  return plainOver(connectTls({ socket, rejectUnauthorized: false }))
}

/** The code of a front that does not connect, e.g. `ConnectionRefused`. */
export const refusal = (net: RunningSimnet, host: string, port: number): Promise<string> =>
  through(net, host, port).then(
    (client) => {
      client.destroy()
      return "connected"
    },
    (error: Error) => /rejected connection - (\w+)/.exec(error.message)?.[1] ?? error.message
  )

export type Asked = readonly [method: string, params?: ReadonlyArray<unknown>]

/** Ask one thing after the other on one connection, the handshake first; the results, or errors. */
export const askAll = async (
  client: PlainClient,
  asked: ReadonlyArray<Asked>,
  name = "test"
): Promise<ReadonlyArray<unknown>> => {
  const answers: Array<unknown> = []
  const all: ReadonlyArray<Asked> = [["server.version", [name, "1.4"]], ...asked]
  for (const [id, [method, params]] of all.entries()) {
    client.send(request(id, method, params))
    await client.until((c) => c.lines().length > id)
    const reply = JSON.parse(client.lines()[id]!) as { readonly result?: unknown; readonly error?: unknown }
    answers.push(reply.result ?? reply.error ?? null)
  }
  client.destroy()
  return answers.slice(1)
}
