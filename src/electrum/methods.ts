import { type Result, Schema } from "effect"

/** Most bytes of a reply line, by what is asked. */
export const lineBounds = {
  handshake: 64_000,
  small: 64_000,
  text: 256_000,
  peers: 2_000_000,
  /** Some 2,500 entries: a public script that somebody pays to more often is not read to the end. */
  history: 300_000
} as const

/**
 * A protocol method as data. `decode` checks that a result is what the method
 * returns (Electrum protocol documentation, "Protocol Methods"); hot, so it is
 * compiled once and says no more than yes or no.
 */
export interface Method<A = unknown> {
  readonly name: string
  readonly decode: (result: unknown) => Result.Result<A, unknown>
  /** Most bytes its reply may have. */
  readonly lineBound: number
  /** What ElectrumX charges for it, in its units, bandwidth not counted (protocol-facts 7.1). */
  readonly cost: number
}

const method = <A>(
  name: string,
  result: Schema.Decoder<A>,
  lineBound: number,
  cost: number
): Method<A> => ({ name, decode: Schema.decodeUnknownResult(result), lineBound, cost })

/** ElectrumX's charge for a connection, per error, and the bytes it charges one unit for. */
export const electrumxCost = { connection: 5, error: 100, bytesPerUnit: 5000 } as const

export const serverVersion = method(
  "server.version",
  // `[software, protocol]` since protocol 1.1, before that the software alone. What follows a pair is ignored.
  Schema.Union([
    Schema.TupleWithRest(Schema.Tuple([Schema.String, Schema.String]), [Schema.Unknown]),
    Schema.String
  ]),
  lineBounds.handshake,
  0.5
)

export const serverBanner = method("server.banner", Schema.NullOr(Schema.String), lineBounds.text, 0.5)

/** The electrs family answers null. */
export const serverDonationAddress = method(
  "server.donation_address",
  Schema.NullOr(Schema.String),
  lineBounds.small,
  0.1
)

export const serverPing = method("server.ping", Schema.Unknown, lineBounds.small, 0.1)

/**
 * Entries stay as they are: the peer grammar reads them one by one, and a bad one must not cost the others.
 * So does the list itself, which a schema of elements would copy step by step.
 */
export const serverPeersSubscribe = method(
  "server.peers.subscribe",
  Schema.declare((result): result is ReadonlyArray<unknown> => Array.isArray(result)),
  lineBounds.peers,
  1
)

/** Any object: no two implementations agree on its members. */
export const serverFeatures = method(
  "server.features",
  Schema.Record(Schema.String, Schema.Unknown),
  lineBounds.text,
  0.2
)

/** At least the 80 bytes of a block header; chains with merged mining append to them. */
const HeaderHex = Schema.String.check(Schema.isPattern(/^[0-9a-fA-F]{160}/))

export const headersSubscribe = method(
  "blockchain.headers.subscribe",
  Schema.Struct({ hex: HeaderHex, height: Schema.Natural }),
  lineBounds.small,
  0.25
)

export const blockHeader = method("blockchain.block.header", HeaderHex, lineBounds.small, 0.25)

/** Header after header in one text, since protocol 1.6 in a list. ElectrumX charges a unit for fifty, here for a few. */
export const blockHeaders = method(
  "blockchain.block.headers",
  Schema.Struct({
    count: Schema.Natural,
    hex: Schema.optional(Schema.String),
    headers: Schema.optional(Schema.Array(Schema.String))
  }),
  lineBounds.small,
  0.5
)

const Txid = Schema.String.check(Schema.isPattern(/^[0-9a-fA-F]{64}$/))

/** Satoshi. ElectrumX charges by the outputs it finds, here for the twenty that public scripts may have. */
export const scripthashGetBalance = method(
  "blockchain.scripthash.get_balance",
  Schema.Struct({ confirmed: Schema.Int, unconfirmed: Schema.Int }),
  lineBounds.small,
  1.4
)

/** Heights 0 and -1 are the mempool's. ElectrumX charges by entries, here for twenty. */
export const scripthashGetHistory = method(
  "blockchain.scripthash.get_history",
  Schema.Array(Schema.Struct({ tx_hash: Txid, height: Schema.Int })),
  lineBounds.history,
  0.47
)

/** A hash as people write it. */
const Sha256Hex = Txid

/** Outputs of scripts with at most twenty known entries; heights 0 and -1 are the mempool's. */
export const scripthashListUnspent = method(
  "blockchain.scripthash.listunspent",
  Schema.Array(Schema.Struct({ tx_hash: Txid, tx_pos: Schema.Natural, height: Schema.Int, value: Schema.Int })),
  lineBounds.history,
  1.4
)

/** The status: null for a script without history. The subscription ends with the connection. */
export const scripthashSubscribe = method(
  "blockchain.scripthash.subscribe",
  Schema.NullOr(Sha256Hex),
  lineBounds.small,
  0.3
)

/** The bytes in hex, as it is asked without `verbose`. */
export const transactionGet = method(
  "blockchain.transaction.get",
  Schema.String.check(Schema.isPattern(/^(?:[0-9a-fA-F]{2})+$/)),
  lineBounds.text,
  1
)

/** ElectrumX charges by the transactions of the block, here for a full one. */
export const transactionGetMerkle = method(
  "blockchain.transaction.get_merkle",
  Schema.Struct({ block_height: Schema.Int, merkle: Schema.Array(Sha256Hex), pos: Schema.Natural }),
  lineBounds.small,
  1.5
)

/** BTC per 1,000 vB; -1 where the node has no estimate. A value that is not cached costs more. */
export const estimateFee = method("blockchain.estimatefee", Schema.Finite, lineBounds.small, 2.1)

/** BTC per 1,000 vB; gone with protocol 1.6. */
export const relayFee = method("blockchain.relayfee", Schema.Finite, lineBounds.small, 1)

/** Rates and virtual bytes, the highest rate first. */
export const feeHistogram = method(
  "mempool.get_fee_histogram",
  Schema.Array(Schema.Tuple([Schema.Finite, Schema.Finite])),
  lineBounds.text,
  1
)

/** Since protocol 1.6; any object, as implementations give different members. */
export const mempoolInfo = method("mempool.get_info", Schema.Record(Schema.String, Schema.Unknown), lineBounds.small, 1)
