import { electrumxCost } from "../electrum/methods.ts"
import { leastErrors } from "./cost-ledger.ts"
import type { GateRules } from "./connection-gate.ts"

/** How snapshots are taken; times in milliseconds. */
export interface SnapshotSettings extends GateRules {
  /** All answers have to come within this time. */
  readonly windowMs: number
  /** How long to wait for connections to stand before the questions; who needs longer is asked when it stands. */
  readonly warmUpMs: number
  /** After a block, until the next attempt: servers hear of it within some ten seconds of each other. */
  readonly settleMs: number
  /** How often to try when blocks come in between. */
  readonly attempts: number
  /** Sent in `server.version`. */
  readonly clientName: string
}

/**
 * More connections at a time than a crawl holds: they wait for each other, and
 * every server still sees one.
 */
export const defaultSnapshotSettings: Omit<SnapshotSettings, "clientName"> = {
  concurrency: 500,
  rate: 10,
  perBlock: 4,
  windowMs: 30_000,
  warmUpMs: 90_000,
  settleMs: 20_000,
  attempts: 3
}

/** What all attempts on one server may cost without errors, in ElectrumX's units: connection, and three rounds of questions. */
export const snapshotAllowance = 90

/** What there must be room for before a server is asked. */
export const leastSnapshot = snapshotAllowance + leastErrors * electrumxCost.error
