import { enableCompileCache } from "node:module"
import { parentPort, workerData } from "node:worker_threads"
import type { ExposureWork } from "./exposure/exposure-rows.ts"
import type { Announcement } from "./graph/announcement-graph.ts"
import type { CommunityOptions } from "./graph/communities.ts"
import type { LayoutInput } from "./graph/layout.ts"
import type { JudgedOperators, JudgingWork } from "./operators.ts"
import { spareHeapNow } from "./spare-heap.ts"

/** Who announces whom in columns: a million objects would have to be copied one by one. */
export interface AnnouncementColumns {
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly weight: Float64Array
}

/** What the thread is started with. */
export type AnalysisWork =
  | { readonly kind: "communities"; readonly announcements: AnnouncementColumns; readonly options: CommunityOptions }
  | { readonly kind: "judge"; readonly work: JudgingWork }
  | { readonly kind: "layout"; readonly input: LayoutInput }
  | { readonly kind: "exposure"; readonly work: ExposureWork }

/** What judging answers first; the tables of pairs come in so many pieces after it, one by one. */
export interface FirstAnswer {
  readonly findings: JudgedOperators
  readonly pieces: number
}

/** Each kind of work is loaded when it is done: a thread for one of them starts in half the time without the others. */
const answersOf = async (work: AnalysisWork): Promise<Iterable<unknown>> => {
  switch (work.kind) {
    case "communities": {
      const { detectCommunities } = await import("./graph/communities.ts")
      const { from, to, weight } = work.announcements
      return [detectCommunities(Array.from(from, (server, i): Announcement => ({ from: server, to: to[i]!, weight: weight[i]! })), work.options)]
    }
    case "judge": {
      const { findings, pieces, tables } = (await import("./operators.ts")).judgedOperatorsOf(work.work)
      parentPort!.postMessage({ findings, pieces } satisfies FirstAnswer, [])
      // While the tables are made, others work on what was found and need memory of their own.
      spareHeapNow()
      return tables
    }
    case "layout":
      return [(await import("./graph/layout.ts")).serverLayout(work.input)]
    case "exposure":
      return [(await import("./exposure/exposure-rows.ts")).exposureRowsOf(work.work)]
  }
}

// What V8 made of the code is kept for the next start, as `src/bin.mjs` has it done for the first thread: it is not for others by itself.
enableCompileCache()

// An entry of its own: it runs in a worker thread, from the sources or from its own bundle beside the program's.
for (const answer of await answersOf(workerData as AnalysisWork)) parentPort!.postMessage(answer, [])
