import type { UnspentOutput } from "../../src/simnet/chain/ledger.ts"
import type { ServerSpec } from "../../src/simnet/scenario/server-spec.ts"
import type { Backend, MempoolStep } from "../../src/simnet/world/backend.ts"
import { filler, fillerHeader, hashOfHeader } from "./filler.ts"
import { type RecordedServer, type Recording, recordingsOf } from "./recordings.ts"

/**
 * The node that was behind the recorded servers, as far as the recordings tell
 * of it: 252 regtest headers of which some are known, one busy script, one
 * transaction, and a mempool. What they do not tell is
 * filled in with the right number of entries of the right length.
 */
export interface RecordedNode {
  readonly backend: Backend
  /** The server's own names, banner and list, as a scenario would have them. */
  readonly spec: {
    readonly names: readonly [{ readonly host: string; readonly tcp: number; readonly tls: number }]
    readonly banner: string
    readonly donation: string
    readonly lists: ReadonlyArray<string>
  }
  /** The servers in its peer list. */
  readonly others: ReadonlyArray<ServerSpec>
}

const tip = 251

const resultOf = (server: RecordedServer, probe: string, mode: Recording["mode"] = "1.4"): unknown =>
  (JSON.parse(recordingsOf(server).find((r) => r.probe === probe && r.mode === mode)!.recv) as { readonly result: unknown })
    .result

/** The script in the probes whose names end in `_valid`. */
const busyScript = "24f80d9baf50c75436de0c938338aa82767321c202184f2544828cc9aafec6cd"
/** Coinbases of all blocks. */
const miningScript = "5c4430ceb6dafeed32dd97588979e78cb6ceab6787cd38f1da96eb4cbd081a40"
const payment = 11_110_844

/** The first entries of the busy script's history; the recordings end there. */
const knownHistory = [
  ["d03eca84590717b95ab066cb5d3af70faa6a25bb1070a8dc0957fd05706adc23", 122],
  ["e0356f37d3f670b268b38af9be42a2ba26683c59db24cdaae90c15bf054f6eee", 122],
  ["8238e3c7334dbc66103a2922810a4192209e33e2d50f3ac99e604a5b470afc2b", 123],
  ["214d5368a93e967f2f64aed6c9bc9c494916d7670e91d7e2ba257e1722fb0f36", 123],
  ["9db23313529d56e54909ff10db553ffdd86e63ab0b1367a9068ade14de92068d", 123],
  ["ad068602ddcb9", 124]
] as const

/** Entries that the lengths of the recorded histories leave room for. */
const confirmedPayments = 449

const known = (prefix: string): string => prefix + filler(prefix).slice(prefix.length)

const busyHistory = [
  ...knownHistory.map(([txid, height]) => ({ txid: known(txid), height })),
  ...Array.from({ length: confirmedPayments - knownHistory.length }, (_, i) => ({
    txid: filler(`payment ${i}`),
    height: 124 + Math.floor(i / 8)
  }))
]

const coinbases = (): ReadonlyArray<{ readonly txid: string; readonly height: number }> => {
  const shown = [
    "187647f837e1aff453d2b6b14e32adcab73943ef4185e73d6a29d3a2afb8ba2c",
    "053d83d262f0ebca16aee6a34b279fd97c38c7ca9f24170b5017af7b2b469bb4",
    "150a35e20d993d901c05bcf9b572cc0b1e7a03f763ff1616d8ff58a63a0a8d74",
    "334411870a14c97b2160d566c7125109d835e16a4464103bea4daea69f836719",
    "5a5c5137f6a6dccf68344be6b76cbf34a83675a07d612f3f77bb38da046d146f",
    "b7e9bae28abf899d5ac09f7"
  ]
  return Array.from({ length: tip }, (_, i) => ({ txid: known(shown[i] ?? ""), height: i + 1 })).map((entry, i) =>
    i < shown.length ? entry : { ...entry, txid: filler(`coinbase ${i + 1}`) }
  )
}

const unconfirmedEntries = (): ReadonlyArray<{ readonly txid: string; readonly height: 0 | -1; readonly fee: number }> =>
  (
    resultOf("fulcrum-2.1.1", "blockchain.scripthash.get_mempool_valid") as ReadonlyArray<{
      readonly tx_hash: string
      readonly height: 0 | -1
      readonly fee: number
    }>
  ).map(({ tx_hash: txid, height, fee }) => ({ txid, height, fee }))

const headerTexts = (): ReadonlyMap<number, string> => {
  const at = (height: string): string => resultOf("electrumx-2.0b1", `blockchain.block.header_${height}`) as string
  const first = resultOf("electrumx-2.0b1", "blockchain.block.headers_0_3", "1.4-1.6") as { readonly headers: ReadonlyArray<string> }
  const { hex } = resultOf("electrumx-2.0b1", "blockchain.headers.subscribe") as { readonly hex: string }
  return new Map([...first.headers.entries(), [5, at("5")], [tip, hex]])
}

/** Satoshi per virtual byte; virtual bytes of each of so many transactions together, none of a whole number. */
const step = (fee: number, size: number, transactions: number): MempoolStep =>
  // Bytes with witnesses, which none of the recorded servers counts, are no less.
  [fee / size, size, transactions, transactions, size]

/** Five transactions of a hundred kilobytes together. */
const lump = (rate: number): MempoolStep => step(rate * 107_990, 107_990, 5)

/** Small ones whose fees are a rate times their rounded down size, and one satoshi more, as those of the busy script. */
const small = (rate: number, size: number, transactions: number): MempoolStep =>
  step(rate * (size - transactions) + transactions, size, transactions)

/**
 * The one mempool of the node, in true virtual sizes: what the bins of all four
 * recorded servers together tell of it, each of which counts it in another way.
 * How the sizes within a step are shared out no recording tells.
 */
const mempool: ReadonlyArray<MempoolStep> = [
  lump(100),
  small(80, 696, 5),
  small(80, 127, 1),
  lump(60),
  lump(35),
  small(33, 781, 6),
  lump(22),
  small(20, 805, 6),
  lump(15),
  small(11, 930, 7),
  lump(10),
  small(9, 387, 3),
  lump(7),
  small(7, 649, 5),
  small(5, 139, 1),
  lump(4.5),
  small(4, 930, 7),
  lump(3),
  small(2.5, 260, 2),
  lump(2),
  small(2, 822, 6),
  small(1.5, 931, 7),
  lump(1.3),
  lump(1),
  small(1, 929, 7)
]

const template = (text: string, server: RecordedServer): string => {
  const software = server.replace("electrumx-", "ElectrumX ").replace("fulcrum-", "Fulcrum ")
  const version = software.split(" ")[1]!
  return text
    .replace(`${version} (${software}), daemon `, "$SERVER_VERSION ($SERVER_SUBVERSION), daemon ")
    .replace(/daemon [0-9.]+ \/Satoshi:31.0.0\//, "daemon $DAEMON_VERSION $DAEMON_SUBVERSION")
    .replace(/Donate: \S+/, "Donate: $DONATION_ADDRESS")
}

/** The recorded servers as they knew each other. */
const others: ReadonlyArray<ServerSpec> = [
  ["ex116", "ElectrumX 1.16.0", "127.40.0.1", "127.40.0.1"],
  ["ex118", "ElectrumX 1.18.0", "ex118.regtest.test", "127.20.0.1"],
  ["ex120", "ElectrumX 1.20.0", "ex120.regtest.test", "127.50.0.1"],
  ["ex2", "ElectrumX 2.0b1", "ex2.regtest.test", "127.10.0.1"],
  ["fulcrum", "Fulcrum 2.1.1", "fulcrum.regtest.test", "127.30.0.1"]
].map(([id, software, host, address]) => ({
  id: id!,
  operator: id!,
  software: software!,
  names: [{ host: host!, addresses: host === address ? [] : [address!], tcp: 50001, tls: 50002 }]
}))

const listed: Readonly<Record<RecordedServer, ReadonlyArray<string>>> = {
  "electrumx-1.16.0": ["ex120", "ex2", "ex116", "ex118"],
  "electrumx-1.20.0": ["ex118", "ex116", "ex120", "ex2"],
  "electrumx-2.0b1": ["ex116", "ex118", "fulcrum", "ex2", "ex120"],
  "fulcrum-2.1.1": ["ex118", "ex2"]
}

export const recordedNode = (server: RecordedServer): RecordedNode => {
  const headers = headerTexts()
  const header = (height: number): string | undefined =>
    height > tip ? undefined : (headers.get(height) ?? fillerHeader(`header ${height}`))
  const unconfirmed = unconfirmedEntries()
  const { hex } = resultOf("electrumx-2.0b1", "blockchain.transaction.get_known_verbose") as { readonly hex: string }
  const { txid } = resultOf("electrumx-2.0b1", "blockchain.transaction.get_known_verbose") as { readonly txid: string }
  const unspent: ReadonlyArray<UnspentOutput> = [
    ...busyHistory.map((entry) => ({ ...entry, position: 0, value: payment })),
    ...unconfirmed.map((entry) => ({
      txid: entry.txid,
      position: 0,
      height: 0,
      value: entry.height === -1 ? 7_406_999 : payment
    }))
  ]
  const backend: Backend = {
    name: "recorded",
    subversion: "/Satoshi:31.0.0/",
    relayFee: 1e-6,
    mempoolMinFee: 1e-6,
    tipHeight: tip,
    header,
    hash: (height) => {
      const text = header(height)
      return text === undefined ? undefined : hashOfHeader(text)
    },
    mempool,
    estimateFee: (_, conservative) => (conservative === true ? 4.977e-5 : 1.096e-5),
    blockTxids: (height) => coinbases().filter((entry) => entry.height === height).map((entry) => entry.txid),
    transaction: (wanted) => (wanted === txid ? { hex, height: 0, position: 0 } : undefined),
    history: (scripthash) => (scripthash === busyScript ? busyHistory : scripthash === miningScript ? coinbases() : []),
    unconfirmed: (scripthash) => (scripthash === busyScript ? unconfirmed : []),
    unspent: (scripthash) => (scripthash === busyScript ? unspent : []),
    balance: (scripthash) =>
      scripthash === busyScript
        ? { confirmed: confirmedPayments * payment, unconfirmed: 11 * payment + 7_406_999 }
        : { confirmed: 0, unconfirmed: 0 },
    unbroadcast: 123,
    onTip: () => () => undefined,
    onMempool: () => () => undefined
  }
  const features = resultOf(server, "server.features") as { readonly hosts: Readonly<Record<string, unknown>> }
  return {
    backend,
    spec: {
      names: [{ host: Object.keys(features.hosts)[0]!, tcp: 50001, tls: 50002 }],
      banner: template(resultOf(server, "server.banner") as string, server),
      donation: resultOf(server, "server.donation_address") as string,
      lists: listed[server]
    },
    others
  }
}
