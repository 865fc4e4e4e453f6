import type { Deadline } from "../transport/deadline.ts"
import type { BytesShare } from "./byte-budget.ts"
import type { EntryTable } from "./entry-table.ts"
import type { Request } from "./reply.ts"
import type { RequestWriting } from "./request-writing.ts"

export interface SessionLimits {
  /** Bytes taken of one connection, without those skipped. */
  readonly totalBytes: number
  /** Bytes of overlong lines that are let pass unread, so that what is asked behind them is still answered. */
  readonly skippedBytes: number
  /** Lines taken that answer nothing. */
  readonly strays: number
}

/** Eight rounds of the largest peer lists, everything else, and room; five histories of 50,000 entries. */
export const defaultSessionLimits: SessionLimits = { totalBytes: 20_000_000, skippedBytes: 30_000_000, strays: 1000 }

export interface SessionOptions {
  readonly share: BytesShare
  /** Monotonic milliseconds since the visit started. */
  readonly now: () => number
  /** The connection's. */
  readonly deadline: Deadline
  readonly limits?: SessionLimits
  /** How requests are written; as everywhere else by default. */
  readonly writing?: RequestWriting
  /** Shares the elements of lists with other sessions. */
  readonly entries?: EntryTable
  /** Told of new tips that were subscribed to, in a connection that is held; elsewhere they are let pass. */
  readonly onTip?: (params: ReadonlyArray<unknown>, arrivedMs: number) => void
  /** The connection ended, and not by us leaving it. */
  readonly onEnd?: () => void
  /** Gets the start of a reply that was too long to be read, and whose it is. */
  readonly onOverflow?: (start: Buffer, request: Request) => void
}
