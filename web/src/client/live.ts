import { signal } from "@preact/signals"
import type { LiveEvent } from "../../../src/atlas/shapes/event.ts"
import { refresh } from "./resource.ts"

export interface Live {
  /** Whether the stream of events stands. */
  readonly connected: boolean
  /** The last change of the data, as the observatory says it. */
  readonly last: LiveEvent | null
  /** Changes of the data since the page was opened. */
  readonly changes: number
}

export const live = signal<Live>({ connected: false, last: null, changes: 0 })

/** Snapshots may come every second or so; what is shown is asked for again at most this often. */
const restMs = 1_000

/** Follows the observatory's events; the browser itself connects again when the line breaks. */
export const follow = (): (() => void) => {
  const source = new EventSource("api/v1/events")
  let edition: string | null = null
  let due: ReturnType<typeof setTimeout> | null = null
  const hear = (message: MessageEvent<string>): void => {
    const event = JSON.parse(message.data) as LiveEvent
    const isNew = edition !== null && event.edition !== edition
    edition = event.edition
    const { changes, last } = live.peek()
    live.value = { connected: true, last: event.kind === "snapshot" || last === null ? event : last, changes: changes + (isNew ? 1 : 0) }
    if (isNew) {
      due ??= setTimeout(() => {
        due = null
        refresh()
      }, restMs)
    }
  }
  source.addEventListener("snapshot", hear)
  source.addEventListener("alive", hear)
  source.addEventListener("open", () => { live.value = { ...live.peek(), connected: true } })
  source.addEventListener("error", () => { live.value = { ...live.peek(), connected: false } })
  return () => {
    source.close()
    if (due !== null) clearTimeout(due)
  }
}
