import type { ClusterDetail, ClusterRow } from "../../../src/atlas/shapes/cluster.ts"
import type { CrawlRow } from "../../../src/atlas/shapes/crawl.ts"
import type { DictionaryTable } from "../../../src/atlas/shapes/dictionary.ts"
import type { PairDetail } from "../../../src/atlas/shapes/evidence.ts"
import type { ExposurePage } from "../../../src/atlas/shapes/exposure.ts"
import type { GraphHead } from "../../../src/atlas/shapes/graph.ts"
import type { NoteRow } from "../../../src/atlas/shapes/note.ts"
import type { Overview } from "../../../src/atlas/shapes/overview.ts"
import type { QueryRow } from "../../../src/atlas/shapes/query.ts"
import type { ServerDetail } from "../../../src/atlas/shapes/server-detail.ts"
import type { ServerPage } from "../../../src/atlas/shapes/server-row.ts"
import type { SuspicionPage } from "../../../src/atlas/shapes/suspicion.ts"
import type { Texts } from "../../../src/atlas/shapes/text.ts"
import type { HappenedPage, LatenessPage, WatchedPage, WatchedServer } from "../../../src/atlas/shapes/watched.ts"
import type { WatchedWindow } from "../../../src/atlas/shapes/watched-words.ts"
import { crawlRef } from "../state/store.ts"
import { sendJson } from "./request.ts"
import { refreshPath, useJson, type Loaded } from "./resource.ts"

/** What this server allows, which differs between a local and a public one. */
export interface About {
  readonly version: string
  readonly public: boolean
  readonly sql: boolean
  /** What a query may use up; `memory` as DuckDB says it. */
  readonly sqlLimits: { readonly textChars: number; readonly maxRows: number; readonly answerChars: number; readonly timeoutMs: number; readonly memory: string }
  readonly notes: boolean
}

/** Below the crawl that is chosen. */
const below = (path: string): string => `crawls/${crawlRef.value}/${path}`

export const useAbout = (): Loaded<About> => useJson("about")
export const useCrawls = (): Loaded<ReadonlyArray<CrawlRow>> => useJson("crawls")
export const useCrawl = (): Loaded<CrawlRow> => useJson(`crawls/${crawlRef.value}`)
export const useOverview = (): Loaded<Overview> => useJson(below("overview"))
/** All servers of the crawl; pages narrow them here, so that a filter needs no request. */
export const useServers = (): Loaded<ServerPage> => useJson(below("servers"))
export const useServer = (id: number): Loaded<ServerDetail> => useJson(below(`servers/${id}`))
export const usePair = (a: number, b: number): Loaded<PairDetail> => useJson(below(`pairs/${a}/${b}`))
export const useClusters = (): Loaded<ReadonlyArray<ClusterRow>> => useJson(below("clusters"))
export const useCluster = (id: number): Loaded<ClusterDetail> => useJson(below(`clusters/${id}`))
export const useSuspicion = (): Loaded<SuspicionPage> => useJson(below("suspicion"))
export const useExposure = (): Loaded<ExposurePage> => useJson(below("exposure"))
export const useGraphHead = (): Loaded<GraphHead> => useJson(below("graph"))
export const useTexts = (): Loaded<Texts> => useJson(below("texts"))
export const useWatched = (window: WatchedWindow): Loaded<WatchedPage> => useJson(below(`watched?window=${window}`))
export const useHappened = (window: WatchedWindow): Loaded<HappenedPage> => useJson(below(`watched/events?window=${window}`))
export const useLateness = (window: WatchedWindow): Loaded<LatenessPage> => useJson(below(`watched/lateness?window=${window}`))
export const useWatchedServer = (id: number, window: WatchedWindow): Loaded<WatchedServer> => useJson(below(`servers/${id}/watched?window=${window}`))
export const useDictionary = (): Loaded<ReadonlyArray<DictionaryTable>> => useJson("dictionary")
export const useQueries = (): Loaded<ReadonlyArray<QueryRow>> => useJson("queries")

/** Asks for everything about a server again, after a note. */
const refreshServer = (id: number): void => refreshPath(`crawls/${crawlRef.peek()}/servers/${id}`)

export const writeNote = async (serverId: number, note: Pick<NoteRow, "author" | "text">): Promise<void> => {
  await sendJson("POST", `crawls/${crawlRef.peek()}/servers/${serverId}/notes`, note)
  refreshServer(serverId)
}

export const removeNote = async (serverId: number, noteId: number): Promise<void> => {
  await sendJson("DELETE", `notes/${noteId}`)
  refreshServer(serverId)
}
