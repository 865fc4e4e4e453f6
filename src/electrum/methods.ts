import { type Result, Schema } from "effect"

/** Most bytes of a reply line, by what is asked. */
export const lineBounds = {
  handshake: 64_000,
  small: 64_000,
  text: 256_000,
  peers: 2_000_000,
  history: 8_100_000
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

/** Entries stay as they are: the peer grammar reads them one by one, and a bad one must not cost the others. */
export const serverPeersSubscribe = method(
  "server.peers.subscribe",
  Schema.Array(Schema.Unknown),
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
