import { Effect, Schema } from "effect"
import { Atlas } from "../../atlas/atlas.ts"
import { Database } from "../../store/database.ts"
import { type Provenance, simulatedSentence } from "../about.ts"
import { ExportError } from "../export-error.ts"
import type { Shown } from "../shown.ts"
import { type FilledItem, writeBundle } from "./bundle-file.ts"
import type { Check, Manifest } from "./format.ts"
import { readReceived, type Received, type Wanted } from "./read-items.ts"
import { claimOf } from "./statement.ts"
import { checksOfServers } from "./shared-checks.ts"
import { checksOfVisits } from "./state-checks.ts"

/** What evidence is wanted for. */
export type Claim =
  | { readonly kind: "server"; readonly serverId: number }
  | { readonly kind: "pair"; readonly serverIds: readonly [number, number] }
  | { readonly kind: "cluster"; readonly clusterId: number }
  | { readonly kind: "indicator"; readonly serverId: number; readonly name: string }

/** `server:12`, `pair:12,34`, `cluster:5`, `indicator:12,work and checkpoints`; undefined for anything else. */
export const parseClaim = (text: string): Claim | undefined => {
  const [, kind, rest] = /^(server|pair|cluster|indicator):(.+)$/s.exec(text) ?? []
  const [first, second] = /^([0-9]{1,9})(?:,(.+))?$/s.exec(rest ?? "")?.slice(1) ?? []
  if (first === undefined) return undefined
  const number = Number(first)
  if (second === undefined) return kind === "server" ? { kind, serverId: number } : kind === "cluster" ? { kind, clusterId: number } : undefined
  if (kind === "pair") return /^[0-9]{1,9}$/.test(second) ? { kind, serverIds: [number, Number(second)] } : undefined
  return kind === "indicator" ? { kind, serverId: number, name: second } : undefined
}

/** What a server shows that others may show too: no more is needed to compare. */
const comparable = ["banner", "donation address", "features", "version", "fee histogram", "fee", "tip"]

/** What was found, and which of their replies bear on it. */
interface Stated {
  readonly kind: Claim["kind"]
  readonly finding: unknown
  readonly wanted: Wanted
}

const noSuch = (message: string) => new ExportError({ reason: "no such claim", message })

/** Every visit that a detail names. */
const visitsIn = (detail: unknown): ReadonlyArray<number> =>
  Array.isArray(detail)
    ? detail.flatMap(visitsIn)
    : typeof detail === "object" && detail !== null
    ? Object.entries(detail).flatMap(([key, value]) => key === "visit_id" && typeof value === "number" ? [value] : visitsIn(value))
    : []

const stated = Effect.fnUntraced(function*(crawlId: number, claim: Claim) {
  const atlas = yield* Atlas
  switch (claim.kind) {
    case "server": {
      const { behaviour, score, server } = yield* atlas.server(crawlId, claim.serverId)
      const result: Stated = {
        kind: claim.kind,
        finding: { server, score, behaviour },
        wanted: { serverIds: [claim.serverId], probes: null, visits: null }
      }
      return result
    }
    case "indicator": {
      const { score, server } = yield* atlas.server(crawlId, claim.serverId)
      const indicator = score?.indicators.find(({ name }) => name === claim.name)
      if (indicator === undefined) {
        return yield* noSuch(`Server ${claim.serverId} has no indicator ${claim.name}; it has: ${score?.indicators.map(({ name }) => name).join(", ") ?? "none"}.`)
      }
      const visits = visitsIn(indicator.detail)
      const result: Stated = {
        kind: claim.kind,
        finding: { ...indicator, server: { serverId: server.serverId, host: server.host } },
        wanted: { serverIds: [claim.serverId], probes: null, visits: visits.length === 0 ? null : visits }
      }
      return result
    }
    case "pair": {
      const [a, b] = claim.serverIds.toSorted((one, other) => one - other) as [number, number]
      const result: Stated = {
        kind: claim.kind,
        finding: yield* atlas.pair(crawlId, a, b),
        wanted: { serverIds: [a, b], probes: comparable, visits: null }
      }
      return result
    }
    case "cluster": {
      const cluster = yield* atlas.cluster(crawlId, claim.clusterId)
      const result: Stated = {
        kind: claim.kind,
        finding: cluster,
        wanted: { serverIds: cluster.members.map(({ serverId }) => serverId), probes: comparable, visits: null }
      }
      return result
    }
  }
})

const MomentRow = Schema.Struct({ visit_id: Schema.Int, snapshots: Schema.Array(Schema.Int) })

/** Which kept snapshot a visit was compared in; of visits with several attempts nothing is said. */
const readMoments = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  const rows = yield* database.rows(
    MomentRow,
    `SELECT r.visit_id, list(DISTINCT s.snapshot_id) AS snapshots FROM snapshot_reading r JOIN snapshot s USING (snapshot_id)
    WHERE s.servers_of = $crawl_id AND s.state = 'kept' AND r.state = 'compared' AND r.visit_id IS NOT NULL GROUP BY r.visit_id`,
    { crawl_id: crawlId }
  )
  const moments = new Map(rows.flatMap(({ snapshots, visit_id }) => snapshots.length === 1 ? [[visit_id, String(snapshots[0])] as const] : []))
  return (visit: number) => moments.get(visit)
})

/** A claim with everything received that bears on it, and what can be worked out again. */
export const bundleOf = (
  provenance: Provenance,
  claim: Manifest["claim"],
  received: Received,
  findings: ReadonlyArray<FilledItem>,
  checks: ReadonlyArray<Check>
) => {
  const warning = simulatedSentence(provenance)
  return writeBundle(
    { ...(warning === null ? {} : { warning }), claim, about: { ...provenance }, visits: received.visits, checks },
    [...findings, ...received.items]
  )
}

/** The bundle of a claim. Fails with `no such claim` where there is none, and as the atlas does. */
export const claimBundle = Effect.fn("claimBundle")(function*(shown: Shown, provenance: Provenance, claim: Claim) {
  const { finding, kind, wanted } = yield* stated(provenance.crawl_id, claim)
  const received = yield* readReceived(shown, wanted)
  const checks = [
    ...checksOfVisits(provenance.network, received.items),
    ...(wanted.serverIds.length > 1 ? checksOfServers(received.visits, received.items, yield* readMoments(provenance.crawl_id)) : [])
  ]
  const item: FilledItem = { name: "finding.json", kind: "finding", visit: null, asked: null, content: Buffer.from(JSON.stringify(finding), "utf8") }
  const said = claimOf(kind, finding, provenance.crawl_id)
  if (said === undefined) return yield* Effect.die(new Error(`a finding about a ${kind} that is none`))
  return { ...bundleOf(provenance, said, received, [item], checks), checks: checks.length, items: received.items.length + 1 }
})
