import { Effect } from "effect"
import type { TableRows } from "../../store/database.ts"
import { inThread } from "../in-thread.ts"
import { exposureRowsOf, type ExposureWork } from "./exposure-rows.ts"

/** Up to here a simulation takes less time than starting a thread. */
const fewCandidates = 400

/** Simulates in a thread of its own when wallets have many servers to choose from. */
export const exposureApart = (
  work: ExposureWork,
  isApart = work.input.network.candidates.length > fewCandidates
): Effect.Effect<ReadonlyArray<TableRows>> =>
  isApart ? inThread<ReadonlyArray<TableRows>>({ kind: "exposure", work }) : Effect.sync(() => exposureRowsOf(work))
