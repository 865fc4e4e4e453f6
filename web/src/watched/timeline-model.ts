import type { HappenedPage, HappenedRow, JointRow } from "../../../src/atlas/shapes/watched.ts"

/** A server of the timeline. */
export interface TimelineRow {
  readonly serverId: number
  readonly host: string
}

/** Rows that a picture has room for. */
export const mostRows = 40

/** Kinds of events that are drawn, with the sign of each; that it came back follows from that it fell silent. */
export const drawnKinds = {
  "went silent": "circle",
  restarted: "triangle",
  "new software": "square",
  "new certificate": "diamond",
  "new key": "star",
  "unclear key": "cross",
  "new address": "plus"
} as const
export type DrawnKind = keyof typeof drawnKinds

export const isDrawn = ({ kind }: HappenedRow): boolean => kind in drawnKinds

const togetherMs = 60_000

/** Whether an event is a part of one that happened to several servers. An upgrade is at the restart from which the new software ran. */
export const isInJoint = (event: HappenedRow, joint: ReadonlyArray<JointRow>): boolean =>
  event.cause === null && (event.kind === "restarted" || event.kind === "went silent") && joint.some(({ at, servers }) =>
    Math.abs(Date.parse(event.latest) - Date.parse(at)) <= togetherMs && servers.some(({ serverId }) => serverId === event.serverId))

/**
 * The servers of a timeline: those that are chosen, or else those that something
 * happened to together with others, and then those that anything happened to.
 *
 * @param chosen servers of the selection; null for none
 * @param isLeft whether the filter leaves a server
 */
export const timelineRows = (
  { events, joint }: Pick<HappenedPage, "events" | "joint">,
  chosen: ReadonlyArray<TimelineRow> | null,
  isLeft: (serverId: number) => boolean
): ReadonlyArray<TimelineRow> => {
  if (chosen !== null) return chosen.slice(0, mostRows)
  const rows = new Map<number, TimelineRow>()
  const add = ({ host, serverId }: TimelineRow): void => {
    if (isLeft(serverId) && !rows.has(serverId)) rows.set(serverId, { serverId, host })
  }
  for (const { servers } of joint) servers.forEach(add)
  for (const event of events) if (isDrawn(event) && event.cause === null) add(event)
  for (const event of events) if (isDrawn(event)) add(event)
  return [...rows.values()].slice(0, mostRows)
}

const hour = 3_600_000
const tickSteps = [hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour, 48 * hour, 7 * 24 * hour, 30 * 24 * hour, 90 * 24 * hour, 365 * 24 * hour]

/** Round times between two, at most six. */
export const ticksOf = (from: number, until: number): ReadonlyArray<number> => {
  const step = tickSteps.find((one) => (until - from) / one <= 6) ?? tickSteps.at(-1)!
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.max(0, Math.floor((until - first) / step) + 1) }, (_, i) => first + i * step)
}

/** "11-28 04:00", or the day alone at midnight. */
export const tickText = (ms: number): string => {
  const iso = new Date(ms).toISOString()
  return iso.slice(11, 16) === "00:00" ? iso.slice(5, 10) : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`
}
