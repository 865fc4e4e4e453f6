import { Float, print, qtSorted } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { nodeVersion } from "../banner.ts"
import { fulcrumHistogram } from "../fee-histogram.ts"
import { NodeFollower, untilTick } from "../node-follower.ts"
import { periods, Remembered } from "../remembered.ts"
import { SubscriptionBudget } from "./limits.ts"

/** Everything of a Fulcrum process that its connections share. */
export interface FulcrumProcess {
  readonly model: ServerModel
  readonly node: NodeFollower
  /** JSON text, recomputed every ten seconds and with every block. */
  readonly histogram: Remembered<string>
  /** JSON text, asked again after a quarter of a second. */
  readonly mempoolInfo: Remembered<string>
  /** JSON text, asked for once. */
  readonly relayFee: string
  readonly subscriptionBudget: SubscriptionBudget
  /** Whether its node takes packages: Bitcoin Core from 28 on. */
  readonly packages: boolean
  /** Most errors of a connection beyond what it was served, and connections closed for that. */
  readonly strain: { errors: number; closed: number }
}

/** The node announces blocks; transactions are polled for. */
const blockMs = 650
const pollMs = 2000
const histogramMs = 10_000
const infoMs = 250

/** Periods are counted in the time of the simulated world, from phases that differ between processes. */
export const fulcrumProcess = (model: ServerModel): FulcrumProcess => {
  const { backend, clock } = model
  const draw = model.random.fork("process")
  const mempool = draw.between(0, pollMs)
  const bin = periods(clock, histogramMs, draw.between(0, histogramMs))
  const node = new NodeFollower(backend, clock, {
    tip: () => blockMs + draw.between(0, 100),
    mempool: (now) => untilTick(now, pollMs, mempool)
  })
  return {
    model,
    strain: { errors: 0, closed: 0 },
    node,
    histogram: new Remembered(
      () => `${bin()} ${backend.hash(node.tipHeight)}`,
      () => print(fulcrumHistogram(backend.mempool, model.software.version), qtSorted)
    ),
    mempoolInfo: new Remembered(
      periods(clock, infoMs, 0),
      () =>
        print(
          {
            fullrbf: true,
            incrementalrelayfee: new Float(backend.relayFee),
            mempoolminfee: new Float(backend.mempoolMinFee),
            minrelaytxfee: new Float(backend.relayFee),
            unbroadcastcount: backend.unbroadcast
          },
          qtSorted
        )
    ),
    relayFee: print(new Float(backend.relayFee), qtSorted),
    subscriptionBudget: new SubscriptionBudget(),
    packages: nodeVersion(backend.subversion)[0]! >= 28
  }
}
