import type { WatchedRow } from "../../atlas/shapes/watched.ts"
import type { Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted, listed, partOf } from "../write/words.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"

/** Strips that a page has room for. */
const mostStrips = 30

/** Lower ends of what servers are counted by, and how each is called. */
const bands: ReadonlyArray<readonly [least: number, label: string]> = [
  [1, "all of it"], [0.99, "99 % to below 100 %"], [0.95, "95 % to below 99 %"], [0.9, "90 % to below 95 %"], [0.5, "50 % to below 90 %"], [0, "below 50 %"]
]

const bandOf = (share: number): string => bands.find(([least]) => share >= least)![1]

/** Steps of one letter in a row. */
const runsOf = (strip: string) => [...strip.matchAll(/(.)\1*/gu)].map(([run, letter]) => ({ letter: letter!, steps: run.length }))

const byUptime = (a: WatchedRow, b: WatchedRow): number => (a.upShare ?? 2) - (b.upShare ?? 2) || (a.host < b.host ? -1 : 1)

const reliabilityOf = ({ reliability }: WatchedRow, wanted: string) => reliability.find(({ window }) => window === wanted)

/** How available watched servers were in the last month; null where nobody watched. */
export const watchedSection = ({ watched }: ReportFacts): Section | null => {
  const { named, page } = watched
  if (page.from === null || page.until === null || page.rows.length === 0) return null
  const rows = page.rows.toSorted(byUptime)
  const known = rows.filter(({ upShare }) => upShare !== null)
  const perfect = known.filter(({ upShare }) => upShare === 1)
  const silences = rows.reduce((sum, { fellSilent }) => sum + fellSilent, 0)
  const explained = rows.reduce((sum, row) => sum + row.explained, 0)
  const drawn = rows.slice(0, mostStrips)
  const ours = page.outages.filter(({ kind }) => kind === "vantage outage").length
  const others = page.outages.filter(({ kind }) => kind === "network outage")
  return {
    id: "watched-time",
    title: "Availability over time",
    blocks: [
      paragraph(
        `${counted(page.rows.length, "server was", "servers were")} watched from ${page.from.slice(0, 16).replace("T", " ")} to ${page.until.slice(0, 16).replace("T", " ")} UTC, from one vantage. ` +
          `${partOf(perfect.length, known.length)} of those of which anything is known answered all of the time that was observed. They fell silent ${counted(silences, "time")}, ${explained} of these as most of their network or country did. ` +
          `${ours === 0 ? "" : `Our own line was down ${counted(ours, "time")}, which counts for nothing. `}` +
          `${others.length === 0 ? "" : `Outages of whole networks: ${listed([...new Set(others.map(({ where }) => where ?? "unknown"))])}. `}` +
          "That a server did not answer us is not that it was down for others. An operator is not to be inferred from a silence that an outage of many explains." +
          `${page.withheld === undefined ? "" : ` ${page.withheld}`}`
      ),
      namedFigure("uptime-of-watched-servers", named, {
        shows: "Watched servers by the share of the observed time in which they answered.",
        caveat: "Of the observed time alone: what is not known counts for nothing. One endpoint stands for its server. Restarts show over held connections only. Reliability counts older looks less; little evidence means little.",
        chart: {
          kind: "bars",
          axis: "servers",
          bars: bands.map(([, label]) => ({ label, value: known.filter(({ upShare }) => bandOf(upShare!) === label).length }))
        },
        table: firstRows(
          rows.map((row) => [
            row.host, row.upShare, row.observedHours, row.unknownHours, row.fellSilent, row.explained, row.held ? row.restarted : null,
            reliabilityOf(row, "1 week")?.share ?? null, reliabilityOf(row, "1 week")?.evidenceHours ?? null
          ]),
          40,
          columns("Host: code", "Uptime: share", "Hours observed: number", "Hours not known: number", "Silences: count", "of these explained: count", "Restarts: count", "Reliability, 1 week: share", "Evidence, hours: number")
        )
      }),
      ...drawn.length === 0 ? [] : [namedFigure("watched-strips", named, {
        title: "When they answered",
        caveat: `A step is ${page.stepMs / 60_000} minutes; a silence is drawn however short it was.`,
        shows: `The watched time of ${counted(drawn.length, "server")}, least uptime first: a thin band answered, a block did not answer us, a half block above a band both, a hollow block did not as most of its network or country did not, a line above our own line was down; nothing is drawn where nothing is known.`,
        chart: {
          kind: "strips" as const, from: Date.parse(page.from), until: Date.parse(page.until), stepMs: page.stepMs,
          rows: drawn.map(({ host, strip }) => ({ label: host, runs: runsOf(strip) }))
        },
        table: firstRows(
          page.outages.map(({ from, kind, silent, to, up, where }) => [kind === "vantage outage" ? "our own line" : where, from.slice(0, 16).replace("T", " "), to.slice(0, 16).replace("T", " "), silent, up]),
          40,
          columns("Outage of many", "From", "Until", "Servers that fell silent: count", "of so many that were up: count")
        )
      })]
    ]
  }
}
