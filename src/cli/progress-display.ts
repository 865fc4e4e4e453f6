import { Effect, Ref } from "effect"
import type { CrawlProgress, CrawlSummary } from "../crawl/progress.ts"
import { durationText } from "./duration-text.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** How progress is shown: a line that redraws itself, a line now and then, JSON lines, or nothing. */
export type ProgressMode = "terminal" | "plain" | "json" | "off"

/** Where progress goes: a terminal line and plain lines to stderr, JSON lines to stdout. */
export interface ProgressOutput {
  readonly mode: ProgressMode
  readonly columns: number
  readonly style: TerminalStyle
  readonly toStderr: (text: string) => void
  readonly toStdout: (text: string) => void
}

const plainEveryMs = 5_000
const jsonEveryMs = 1_000

/** `312/474 done · 40 under way · 201 answered · 12.1/s · about 14 s left`, all endpoints. */
const progressText = (progress: CrawlProgress): string => {
  const perSecond = progress.elapsedMs > 0 ? (progress.visits * 1000) / progress.elapsedMs : 0
  const waiting = progress.due + progress.inFlight
  const left = perSecond > 0 && waiting > 0 ? ` · about ${durationText((waiting / perSecond) * 1000)} left` : ""
  return [
    `${progress.done}/${progress.known} endpoints done`,
    `${progress.inFlight} under way`,
    `${progress.answered} answered`,
    `${perSecond.toFixed(1)} visits/s`
  ].join(" · ") + left
}

const networkText = (progress: CrawlProgress): string =>
  `${progress.network}${progress.simulated ? " SIMULATED" : ""}`

const bar = (share: number, width: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return `${"█".repeat(full)}${"░".repeat(width - full)}`
}

/** The line a terminal shows, cut to its width. */
const terminalLine = (progress: CrawlProgress, columns: number, style: TerminalStyle): string => {
  const head = `${networkText(progress)} `
  const text = ` ${progressText(progress)}`
  const width = Math.min(24, columns - head.length - text.length - 1)
  const share = progress.known === 0 ? 0 : progress.done / progress.known
  if (width < 6) return (head + text.trimStart()).slice(0, Math.max(0, columns - 1))
  return `${style.bold(head)}${style.accent(bar(share, width))}${text}`
}

/** A handler for `CrawlContext.onProgress`, and what wipes the terminal line at the end. */
export const makeProgressDisplay = Effect.fnUntraced(function*(output: ProgressOutput) {
  const shownAt = yield* Ref.make(Number.NEGATIVE_INFINITY)
  const onProgress = Effect.fnUntraced(function*(progress: CrawlProgress | CrawlSummary) {
    if (output.mode === "off") return
    if (output.mode === "json" && "end" in progress) {
      // Also when interrupted: a program that reads along is never left without the last word.
      output.toStdout(`${JSON.stringify({ type: "summary", ...progress })}\n`)
      return
    }
    if (output.mode === "terminal") {
      output.toStderr(`\r\u001b[2K${terminalLine(progress, output.columns, output.style)}`)
      return
    }
    const every = output.mode === "json" ? jsonEveryMs : plainEveryMs
    if (progress.elapsedMs - (yield* Ref.get(shownAt)) < every) return
    yield* Ref.set(shownAt, progress.elapsedMs)
    if (output.mode === "json") output.toStdout(`${JSON.stringify({ type: "progress", ...progress })}\n`)
    else output.toStderr(`${networkText(progress)} ${durationText(progress.elapsedMs)}: ${progressText(progress)}\n`)
  })
  const clear = Effect.sync(() => {
    if (output.mode === "terminal") output.toStderr("\r\u001b[2K")
  })
  return { onProgress, clear }
})
