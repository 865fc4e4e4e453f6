import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls"
import { simulatedChain } from "../../src/simnet/chain/chain.ts"
import { publicHistories } from "../../src/simnet/chain/public-histories.ts"
import { SeededRandom } from "../../src/simnet/draw/random.ts"
import { makeTlsIdentity } from "../../src/simnet/identity/tls-identities.ts"
import { listLength, type Network, type NetworkRequest, serve } from "./messages.ts"

/**
 * Many Electrum servers in one process, as cheap as they can be: every reply is
 * made beforehand, only the id is filled in. Each listens on a loopback address
 * in a /24 of its own, so that politeness towards one does not hold up another,
 * and has a certificate of its own, as in the field.
 */

const chain = simulatedChain("mainnet-sim")
const tip = chain.length - 1

const addressOf = (i: number): string => `127.${1 + (i >> 8)}.${i & 255}.1`

/** Consecutive lists share four fifths, as ElectrumX's random subsets do. */
const listStep = Math.round(listLength / 5)

const reply = (result: unknown): Buffer => Buffer.from(`{"jsonrpc":"2.0","result":${JSON.stringify(result)},"id":`)

const fixedReplies: ReadonlyMap<string, Buffer> = new Map([
  ["server.version", reply(["ElectrumX 1.18.0", "1.4"])],
  ["server.banner", reply("Welcome to a simulated server.\n\nIt answers, and that is all it does.")],
  ["server.donation_address", reply("bcrt1qsimulatedsimulatedsimulatedsimulat0")],
  ["blockchain.headers.subscribe", reply({ hex: chain.header(tip), height: tip })],
  ["server.ping", reply(null)],
  ["blockchain.estimatefee", reply(0.00001)],
  ["blockchain.relayfee", reply(0.00001)],
  ["mempool.get_fee_histogram", reply([[12, 30100], [8.5, 33150], [3, 36500]])]
])

const headerReplies = new Map([0, 1000].map((height) => [height, reply(chain.header(height))]))

/** What the chain has about public scripts; all others are unused. */
const scriptReplies = new Map(publicHistories("mainnet-sim").flatMap(({ balance, entries, scripthash }) => [
  [`blockchain.scripthash.get_balance ${scripthash}`, reply({ confirmed: balance, unconfirmed: 0 })],
  [
    `blockchain.scripthash.get_history ${scripthash}`,
    reply(entries.map(({ height, txid }) => ({ tx_hash: txid, height })))
  ]
]))

const unused = reply({ confirmed: 0, unconfirmed: 0 })

const closing = Buffer.from("}\n")

interface Replies {
  readonly features: Buffer
  /** The list of the first round, of the second round and so on. */
  readonly peers: (round: number) => Buffer
}

const request = /"id":(\d+),"method":"([a-z._]+)","params":\["?([0-9a-f]*)/

/** Answers the whole lines of a text; what each needs is precomputed. */
const answer = (lines: ReadonlyArray<string>, replies: Replies, state: { round: number }): Buffer => {
  const parts: Array<Buffer> = []
  for (const line of lines) {
    const [, id, method, param] = request.exec(line)!
    const body = method === "server.peers.subscribe"
      ? replies.peers(state.round++)
      : method === "server.features"
      ? replies.features
      : method === "blockchain.block.header"
      ? headerReplies.get(Number(param))!
      : fixedReplies.get(method!) ?? scriptReplies.get(`${method} ${param}`) ?? unused
    parts.push(body, Buffer.from(id!), closing)
  }
  return Buffer.concat(parts)
}

const converse = (socket: Socket, replies: Replies, delayMs: number): void => {
  const state = { round: 0 }
  let text = ""
  socket.setEncoding("latin1")
  socket.on("error", () => socket.destroy())
  socket.on("data", (chunk: string) => {
    text += chunk
    const lines = text.split("\n")
    text = lines.pop()!
    if (lines.length === 0) return
    const bytes = answer(lines, replies, state)
    if (delayMs === 0) socket.write(bytes)
    else setTimeout(() => socket.write(bytes), delayMs)
  })
}

const listen = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen({ host, port: 0, backlog: 64 }, () => resolve((server.address() as AddressInfo).port))
  })

/** Made when first needed, and only so many kept: a context is some 50 kB. */
const secureContexts = (): (i: number) => SecureContext => {
  const kept = new Map<number, SecureContext>()
  return (i) => {
    const known = kept.get(i)
    if (known !== undefined) return known
    const { certificate, key } = makeTlsIdentity([addressOf(i)], new SeededRandom(`bench/${i}`), Date.now())
    const context = createSecureContext({ cert: certificate, key })
    if (kept.size < 2000) kept.set(i, context)
    return context
  }
}

const start = async ({ count, delayMs, transport }: NetworkRequest): Promise<Network> => {
  const lists: Array<Buffer> = []
  const contextOf = secureContexts()
  const listOf = (at: number): Buffer => lists[at % lists.length]!
  const features = (i: number): Buffer =>
    reply({
      hosts: { [addressOf(i)]: transport === "tls" ? { ssl_port: servers[i]![1] } : { tcp_port: servers[i]![1] } },
      pruning: null,
      server_version: "ElectrumX 1.18.0",
      protocol_min: "1.4",
      protocol_max: "1.4.3",
      genesis_hash: chain.hash(0),
      hash_function: "sha256",
      services: []
    })
  const servers: Array<readonly [string, number]> = []
  for (let i = 0; i < count; i++) {
    const replies = (): Replies => ({ features: features(i), peers: (round) => listOf(i + round) })
    const server = createServer({ noDelay: true }, (socket) => {
      if (transport === "tcp") return converse(socket, replies(), delayMs)
      const secure = new TLSSocket(socket, { isServer: true, secureContext: contextOf(i) })
      socket.on("error", () => secure.destroy())
      converse(secure, replies(), delayMs)
    })
    servers.push([addressOf(i), await listen(server, addressOf(i))])
  }
  // What most servers announce: both transports; the TCP ones are known and need no visit once TLS has answered.
  const entries = servers.map(([address, port]) => [
    address,
    address,
    transport === "tls" ? ["v1.4.3", `s${port}`, "t50001"] : ["v1.4.3", `t${port}`]
  ])
  for (let from = 0; from < count; from += listStep) {
    lists.push(reply(Array.from({ length: Math.min(listLength, count) }, (_, k) => entries[(from + k) % count])))
  }
  if (transport === "tls") for (let i = 0; i < Math.min(count, 2000); i++) contextOf(i)
  return { transport, servers }
}

serve(start)
