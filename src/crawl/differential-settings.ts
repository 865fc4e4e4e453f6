import type { GateRules } from "./connection-gate.ts"

/** How servers are asked as two personas; times in milliseconds. */
export interface DifferentialSettings extends GateRules {
  /** At the earliest after the last series about a server: one a day, whatever time of the day it is. */
  readonly restMs: number
  /** Connections of a repetition, half of them for each persona. */
  readonly repetitions: number
  /** In all, until a server has forgotten enough of what a series has cost it for the next connection. */
  readonly mostWaitMs: number
  /** Sent in `server.version` by every persona. */
  readonly clientName: string
}

/**
 * Nine against nine: that both groups are answered differently in every case
 * happens by chance in 2 of 48,620 orders, few enough for a thousand servers.
 */
export const defaultDifferentialSettings: Omit<DifferentialSettings, "clientName"> = {
  concurrency: 32,
  rate: 10,
  perBlock: 4,
  restMs: 20 * 3_600_000,
  repetitions: 18,
  mostWaitMs: 30 * 60_000
}
