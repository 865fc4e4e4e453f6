import { sha256 } from "../../bitcoin/hash.ts"
import type { Dialect } from "../../model/dialect.ts"
import { Float, print } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { atLeast } from "../../model/software.ts"
import { electrumxHistogram } from "../fee-histogram.ts"
import { NodeFollower, untilTick } from "../node-follower.ts"
import { periods, Remembered } from "../remembered.ts"
import { type MempoolOrder, protocolOrder } from "../script-history.ts"
import { CostGroups } from "./cost-groups.ts"

/** Everything of an ElectrumX process that its connections share. */
export interface ElectrumxProcess {
  readonly model: ServerModel
  readonly dialect: Dialect
  readonly costs: CostGroups
  readonly node: NodeFollower
  /** JSON text, recomputed every two minutes. */
  readonly histogram: Remembered<string>
  /** JSON text, asked again after a minute. */
  readonly relayFee: Remembered<string>
  readonly mempoolInfo: Remembered<string>
  /** Estimates by target and mode, until the next block. */
  readonly estimates: Remembered<Map<string, string>>
  /** From 1.20, and on main networks before, a target is moved to the nearest that is kept. */
  readonly bucketsTargets: boolean
  /** Up to 1.18 the order of a Python set, another in every process. */
  readonly mempoolOrder: MempoolOrder
  /** From 1.18 too deep JSON ends the connection. */
  readonly closesOnNesting: boolean
  /** From 1.19 `server.version` has to come first. */
  readonly strictHandshake: boolean
  /** Bytes of the largest result. */
  readonly maximumSend: number
}

/** How one ElectrumX differs from others of its release. */
export interface ElectrumxOptions {
  /** Everybody's allowance is used up. */
  readonly exhausted: boolean
  /** A build from git that still says 1.16.0 but prints like later ones. */
  readonly compact: boolean
}

const pollMs = 5000
const histogramMs = 120_000
const feesMs = 60_000

/** Any order, but always the same one in a process. */
const setOrder = (salt: string): MempoolOrder => {
  const place = (txid: string): string => sha256(Buffer.from(salt + txid)).toString("hex")
  return (entries) =>
    entries
      .map((entry) => ({ entry, place: place(entry.txid) }))
      .toSorted((a, b) => (a.place < b.place ? -1 : 1))
      .map(({ entry }) => entry)
}

/** Periods are counted in the time of the simulated world, from phases that differ between processes. */
export const electrumxProcess = (model: ServerModel, dialect: Dialect, exhausted: boolean): ElectrumxProcess => {
  const { backend, clock, software } = model
  const { version } = software
  const draw = model.random.fork("process")
  const [blocks, mempool, bins, fees] = [pollMs, pollMs, histogramMs, feesMs].map((ms) => draw.between(0, ms)) as [
    number,
    number,
    number,
    number
  ]
  // Clients hear of a block once the mempool was read after it.
  const node = new NodeFollower(backend, clock, {
    tip: (now) => {
      const seen = untilTick(now, pollMs, blocks)
      return seen + untilTick(now + seen, pollMs, mempool)
    },
    mempool: (now) => untilTick(now, pollMs, mempool)
  })
  return {
    model,
    dialect,
    // What is forgotten per second is forgotten in the world's time, where that passes.
    costs: new CostGroups(() => clock.scale > 0 ? clock.now() : performance.now(), exhausted),
    node,
    histogram: new Remembered(periods(clock, histogramMs, bins), () =>
      print(electrumxHistogram(backend.mempool, version), dialect)
    ),
    relayFee: new Remembered(periods(clock, feesMs, fees), () => print(new Float(backend.relayFee), dialect)),
    mempoolInfo: new Remembered(periods(clock, feesMs, fees), () =>
      print(
        {
          mempoolminfee: new Float(backend.mempoolMinFee),
          minrelaytxfee: new Float(backend.relayFee),
          incrementalrelayfee: new Float(backend.relayFee)
        },
        dialect
      )
    ),
    estimates: new Remembered(
      () => `${backend.hash(node.tipHeight)}`,
      () => new Map()
    ),
    bucketsTargets: atLeast(version, "1.20") || !/^(regtest|testnet|signet|mutiny)/.test(model.chain.name),
    mempoolOrder: atLeast(version, "1.19") ? protocolOrder : setOrder(String(draw.unit())),
    closesOnNesting: atLeast(version, "1.18"),
    strictHandshake: atLeast(version, "1.19"),
    maximumSend: atLeast(version, "1.17") ? 8_100_000 : 1_000_000
  }
}
