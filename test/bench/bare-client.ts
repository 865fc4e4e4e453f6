import { constants } from "node:crypto"
import { connect, type Socket } from "node:net"
import { connect as connectTls, createSecureContext, type TLSSocket } from "node:tls"
import { shippedChains } from "../../src/domain/chain.ts"
import { featuresProbe, peersProbe, pipelinedProbes, type Probe, versionProbe } from "../../src/probe/catalogue.ts"
import { packetOf } from "../../src/probe/asking.ts"
import { dataProbes, idlePings } from "../../src/probe/data-probes.ts"
import type { VisitScope } from "../../src/domain/visit.ts"
import type { Method } from "../../src/electrum/methods.ts"
import { mostErrors } from "../../src/probe/request-limit.ts"
import { type Job, measured, peerRounds, serve } from "./messages.ts"

/**
 * The same exchange as a visit of the product, in the same packets, by nothing
 * but `node:net` or `node:tls` and JSON.parse: it keeps nothing, judges nothing
 * and knows all servers beforehand. What a visit costs beyond this is ours. Where
 * it is told to, it reads certificate and handshake over TLS, by the product's own code.
 */

let lastId = 0

const packet = (probes: ReadonlyArray<Probe>) => ({
  replies: probes.length,
  bytes: Buffer.from(probes.map(({ method, params }) =>
    `{"jsonrpc":"2.0","id":${++lastId},"method":${JSON.stringify(method.name)},"params":${JSON.stringify(params)}}\n`
  ).join(""))
})

const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

/** As the product splits what it asks of servers that answer without errors, and briefly. */
const split = (probes: ReadonlyArray<Probe>, tried: ReadonlySet<Method> = new Set()): ReadonlyArray<ReturnType<typeof packet>> => {
  const first = packetOf(probes, mostErrors, tried)
  if (first.length === 0) return []
  return [packet(first), ...split(probes.slice(first.length), new Set([...tried, ...first.map(({ method }) => method)]))]
}

type Packets = ReadonlyArray<ReturnType<typeof packet>>

const version = packet([versionProbe("electrum-observatory/0.1.0", ["1.4", "1.6"], 1)])
const rounds = Array.from({ length: peerRounds }, (_, i) => peersProbe(i + 1))
const about = pipelinedProbes(chain)
const inFirst = about.length - 1

// The product's own list of what to ask; how it asks is not shared.
const packetsOf: Readonly<Record<VisitScope, Packets>> = {
  regular: [
    version,
    ...split([...about, ...rounds]),
    ...split(dataProbes(chain, "1.4").all),
    ...idlePings.map((probe) => packet([probe])),
    packet([featuresProbe])
  ],
  topology: [
    version,
    packet([...about.slice(0, inFirst), rounds[0]!]),
    packet([...about.slice(inFirst), ...rounds.slice(1), featuresProbe])
  ]
}

// What the product uses: a context made for each connection would flatter it.
const secureContext = createSecureContext({
  ciphers: "DEFAULT@SECLEVEL=0",
  minVersion: "TLSv1",
  secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT
})

type ReadHandshake = (socket: TLSSocket, sni: string | null) => unknown

interface Kind {
  readonly tls: boolean
  readonly readHandshake: ReadHandshake | null
}

const visit = (host: string, port: number, { readHandshake, tls }: Kind, packets: Packets): Promise<void> =>
  new Promise((resolve, reject) => {
    const plain = connect({ host, port, noDelay: true })
    const socket: Socket = tls ? connectTls({ socket: plain, secureContext, rejectUnauthorized: false, host }) : plain
    if (readHandshake !== null) socket.once("secureConnect", () => readHandshake(socket as TLSSocket, null))
    let next = 0
    let missing = 0
    let chunks: Array<Buffer> = []
    const send = (): void => {
      const { bytes, replies } = packets[next++]!
      missing = replies
      socket.write(bytes)
    }
    socket.once(tls ? "secureConnect" : "connect", send)
    socket.on("error", reject)
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      if (chunk.at(-1) !== 10) return
      const lines = (chunks.length === 1 ? chunk : Buffer.concat(chunks)).toString("utf8").split("\n")
      chunks = []
      for (const line of lines) {
        if (line === "") continue
        const { result } = JSON.parse(line) as { readonly result: unknown }
        if (result === undefined) return reject(new Error(line))
        missing--
      }
      if (missing > 0) return
      if (next < packets.length) return send()
      socket.destroy()
      resolve()
    })
  })

const visitAll = async ({ concurrency, network, scope }: Job, readHandshake: ReadHandshake | null): Promise<number> => {
  const { servers, transport } = network
  let next = 0
  let visits = 0
  const worker = async (): Promise<void> => {
    while (next < servers.length) {
      const [host, port] = servers[next++]!
      await visit(host, port, { tls: transport === "tls", readHandshake }, packetsOf[scope])
      visits++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return visits
}

serve(async (job: Job) => {
  // Loaded where it is needed only: else the bare client would hold half the product.
  const readHandshake = job.readsHandshake ? (await import("../../src/transport/tls.ts")).handshakeFacts : null
  return await measured(() => visitAll(job, readHandshake))
})
