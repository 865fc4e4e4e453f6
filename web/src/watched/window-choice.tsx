import { watchedWindows, type WatchedWindow } from "../../../src/atlas/shapes/watched-words.ts"
import { Choice } from "../parts/choice.tsx"
import { own, setOwn } from "../state/store.ts"
import { time } from "../text/format.ts"

const titles: Readonly<Record<WatchedWindow, string>> = { day: "last day", week: "last week", month: "last month", all: "all of it" }

/** The window that the address names, a week where it names none. */
export const chosenWindow = (): WatchedWindow => watchedWindows.find((one) => one === own("window")) ?? "week"

/** How much of the watched time is shown. */
export const WindowChoice = () => (
  <Choice label="Show" value={chosenWindow()} options={watchedWindows.map((one) => [one, titles[one]] as const)}
    onChoose={(value) => setOwn({ window: value === "week" ? "" : value })} />
)

/** From when until when, and from where, a watch is shown. */
export const spanText = ({ from, until, vantage }: { readonly from: string | null; readonly until: string | null; readonly vantage: string | null }): string =>
  `${time(from)} to ${time(until)}, seen from ${vantage ?? "nowhere"}`
