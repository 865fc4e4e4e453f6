import { type Dialect, Float, print } from "../dialect.ts"
import { printPeers } from "../peer-lists.ts"
import { headerProof } from "../merkle.ts"
import type { ServerModel } from "../server-model.ts"
import { atLeast, compareTuples, versionNumbers } from "../software.ts"
import { electrumxFeatures } from "./features.ts"
import { electrumxHistogram } from "./fee-histogram.ts"
import type { Answer } from "./implementation.ts"
import { pythonText } from "./python-text.ts"

type Tuple = ReadonlyArray<number>

/** What a method may use of the server and the connection. */
export interface Call {
  readonly model: ServerModel
  readonly dialect: Dialect
  readonly negotiated: Tuple
  readonly handshaken: boolean
  readonly negotiate: (version: Tuple) => void
}

export interface Method {
  /** Fewest and most parameters. */
  readonly arity: readonly [number, number]
  /** For requests with named parameters. */
  readonly names: ReadonlyArray<string>
  /** Whether it exists at a negotiated version. */
  readonly available?: (negotiated: Tuple) => boolean
  readonly answer: (params: ReadonlyArray<unknown>, call: Call) => Answer
}

const fail = (code: number, message: string, close = false): Answer => ({ code, message, close })

const commas = (n: number): string => n.toLocaleString("en-US")

/** Python's int() of a parameter, undefined where ElectrumX answers that it should be a non-negative integer. */
const nonNegative = (value: unknown): number | undefined => {
  if (typeof value === "boolean") return Number(value)
  const number =
    typeof value === "number"
      ? Math.trunc(value)
      : typeof value === "string" && /^\s*\+?[0-9]+\s*$/.test(value)
        ? Number(value)
        : undefined
  return number !== undefined && number >= 0 ? number : undefined
}

const shouldBeInteger = (value: unknown): Answer => fail(1, `${pythonText(value)} should be a non-negative integer`)

const tupleOf = (value: unknown): Tuple =>
  typeof value === "string" && /^[0-9]+(\.[0-9]+)*$/.test(value) ? value.split(".").map(Number) : [0]

const negotiateVersion = (wanted: unknown, call: Call): Tuple | undefined => {
  const least = atLeast(call.model.software.version, "1.13") ? [1, 4] : [1, 2]
  const [low, high] =
    wanted === null || wanted === undefined
      ? [least, least]
      : Array.isArray(wanted)
        ? wanted.length === 2
          ? [tupleOf(wanted[0]), tupleOf(wanted[1])]
          : [[0], [0]]
        : [tupleOf(wanted), tupleOf(wanted)]
  const most = versionNumbers(call.model.protocolMaximum)
  const version = compareTuples(high, most) < 0 ? high : most
  return compareTuples(version, low) < 0 || compareTuples(version, least) < 0 ? undefined : version
}

const version: Method["answer"] = ([, wanted], call) => {
  if (call.handshaken) return fail(1, "server.version already sent")
  const agreed = negotiateVersion(wanted, call)
  if (agreed === undefined) return fail(1, `unsupported protocol version: ${pythonText(wanted)}`, true)
  call.negotiate(agreed)
  return { result: print([call.model.software.text, agreed.join(".")], call.dialect) }
}

const banner: Method["answer"] = (_, { model, dialect }) => ({
  result: print(model.banner ?? `You are connected to an ${model.software.text} server.`, dialect)
})

const fixedPeerTexts = new WeakMap<ServerModel, string>()

const peers: Method["answer"] = (_, { model, dialect }) => {
  const known = fixedPeerTexts.get(model)
  if (known !== undefined) return { result: known }
  const result = printPeers(model.peers.draw(model.random), false, dialect)
  if (model.peers.fixed) fixedPeerTexts.set(model, result)
  return { result }
}

const tip: Method["answer"] = (_, { model, dialect }) => {
  const height = model.backend.tipHeight
  return { result: print({ hex: model.backend.header(height)!, height }, dialect) }
}

const header: Method["answer"] = ([wanted, checkpoint], { model, dialect }) => {
  const height = nonNegative(wanted)
  if (height === undefined) return shouldBeInteger(wanted)
  const top = model.backend.tipHeight
  const cp = checkpoint === undefined ? 0 : nonNegative(checkpoint)
  if (cp === undefined) return shouldBeInteger(checkpoint)
  if (cp > 0 && !(height <= cp && cp <= top)) {
    return fail(1, `require header height ${commas(height)} <= cp_height ${commas(cp)} <= chain height ${commas(top)}`)
  }
  if (cp > 0) {
    const { branch, root } = headerProof(model.backend, height, cp)
    return { result: print({ header: model.backend.header(height)!, branch, root }, dialect) }
  }
  return height > top
    ? fail(1, `height ${commas(height)} out of range`)
    : { result: print(model.backend.header(height)!, dialect) }
}

/** Most headers of one reply. */
const maximumHeaders = 2016

const headers: Method["answer"] = ([from, wanted], { model, dialect, negotiated }) => {
  const start = nonNegative(from)
  const amount = nonNegative(wanted)
  if (start === undefined) return shouldBeInteger(from)
  if (amount === undefined) return shouldBeInteger(wanted)
  const available = Math.max(0, Math.min(amount, maximumHeaders, model.backend.tipHeight - start + 1))
  const list = Array.from({ length: available }, (_, i) => model.backend.header(start + i)!)
  return {
    result: print(
      compareTuples(negotiated, [1, 6]) >= 0
        ? { count: available, max: maximumHeaders, headers: list }
        : { hex: list.join(""), count: available, max: maximumHeaders },
      dialect
    )
  }
}

const estimateFee: Method["answer"] = ([wanted, mode], { model, dialect }) => {
  const modern = atLeast(model.software.version, "1.19")
  const target = nonNegative(wanted)
  if (target === undefined) return shouldBeInteger(wanted)
  if (mode !== undefined && mode !== null) {
    const text = modern ? pythonText(mode).toUpperCase() : pythonText(mode)
    if (!feeModes.includes(text)) return fail(1, `unknown estimatefee mode: ${text}`)
  }
  // Later versions move the target to the nearest they cache.
  if (!modern && (target < 1 || target > 1008)) {
    return fail(
      2,
      "daemon error: DaemonError({'code': -8, 'message': 'Invalid conf_target, must be between 1 and 1008'})"
    )
  }
  return { result: print(new Float(model.backend.estimateFee(target, mode === "CONSERVATIVE")), dialect) }
}

const feeModes: ReadonlyArray<string> = ["CONSERVATIVE", "ECONOMICAL", "UNSET"]

const fees: Method["answer"] = (_, { model, dialect }) => ({
  result: print(
    {
      mempoolminfee: new Float(model.backend.mempoolMinFee),
      minrelaytxfee: new Float(model.backend.relayFee),
      incrementalrelayfee: new Float(model.backend.relayFee)
    },
    dialect
  )
})

const from16 = (negotiated: Tuple): boolean => compareTuples(negotiated, [1, 6]) >= 0

const scripthash =
  (result: string): Method["answer"] =>
  ([hash]) =>
    typeof hash === "string" && /^[0-9a-fA-F]{64}$/.test(hash)
      ? { result }
      : fail(1, `${pythonText(hash)} is not a valid script hash`)

const method = (
  arity: readonly [number, number],
  names: ReadonlyArray<string>,
  answer: Method["answer"],
  available?: Method["available"]
): Method => ({ arity, names, answer, ...(available === undefined ? {} : { available }) })

/** The methods of a release; those about transactions wait for the chain to have any. */
export const electrumxMethods = (release: string): ReadonlyMap<string, Method> =>
  new Map<string, Method>([
    // From 1.19 further parameters are ignored.
    ["server.version", method([0, atLeast(release, "1.19") ? 1000 : 2], ["client_name", "protocol_version"], version)],
    ["server.banner", method([0, 0], [], banner)],
    ["server.donation_address", method([0, 0], [], (_, c) => ({ result: print(c.model.donation ?? "", c.dialect) }))],
    ["server.features", method([0, 0], [], (_, c) => ({ result: electrumxFeatures(c.model, c.dialect) }))],
    ["server.ping", method([0, atLeast(release, "2.0") ? 2 : 0], ["pong_len", "data"], () => ({ result: "null" }))],
    ["server.peers.subscribe", method([0, 0], [], peers)],
    ["blockchain.headers.subscribe", method([0, 0], [], tip)],
    ["blockchain.block.header", method([1, 2], ["height", "cp_height"], header)],
    ["blockchain.block.headers", method([2, 3], ["start_height", "count", "cp_height"], headers)],
    ["blockchain.estimatefee", method([1, 2], ["number", "mode"], estimateFee)],
    [
      "blockchain.relayfee",
      method(
        [0, 0],
        [],
        (_, c) => ({ result: print(new Float(c.model.backend.relayFee), c.dialect) }),
        (negotiated) => !from16(negotiated)
      )
    ],
    ["mempool.get_info", method([0, 0], [], fees, (negotiated) => atLeast(release, "1.19") && from16(negotiated))],
    [
      "mempool.get_fee_histogram",
      method([0, 0], [], (_, c) => ({
        result: print(
          electrumxHistogram(c.model.backend.mempool, atLeast(release, "1.17") ? 30_000 : 100_000),
          c.dialect
        )
      }))
    ],
    ["blockchain.scripthash.subscribe", method([1, 1], ["scripthash"], scripthash("null"))],
    [
      "blockchain.scripthash.get_balance",
      method([1, 1], ["scripthash"], (params, c) =>
        scripthash(print({ confirmed: 0, unconfirmed: 0 }, c.dialect))(params, c)
      )
    ],
    ["blockchain.scripthash.get_history", method([1, 1], ["scripthash"], scripthash("[]"))],
    ["blockchain.scripthash.get_mempool", method([1, 1], ["scripthash"], scripthash("[]"))],
    ["blockchain.scripthash.listunspent", method([1, 1], ["scripthash"], scripthash("[]"))]
  ])
