import type { CrawlRow } from "../../../src/atlas/shapes/crawl.ts"
import { useCrawl, useCrawls } from "../client/atlas.ts"
import { live } from "../client/live.ts"
import { change, crawlRef } from "../state/store.ts"
import { theme, type Theme } from "../state/theme.ts"
import { clock, count, time } from "../text/format.ts"
import { shown } from "../text/display.ts"
import { isHelpOpen } from "./keyboard.ts"

const crawlText = ({ counts, crawlId, network, startedAt, state }: CrawlRow): string =>
  `crawl ${crawlId} · ${shown(network, 40)} · ${time(startedAt).replace(" UTC", "")} · ${count(counts.servers)} servers${state === "finished" ? "" : ` · ${state}`}`

const CrawlChooser = () => {
  const crawls = useCrawls().value
  const latest = useCrawl().value
  return (
    <label class="chooser">
      <span class="quiet">Crawl</span>
      <select value={crawlRef.value} onChange={(event) => change({ crawl: event.currentTarget.value, selected: null })}>
        <option value="latest">{latest === null || crawlRef.value !== "latest" ? "latest" : `latest: ${crawlText(latest)}`}</option>
        {(crawls ?? []).map((crawl) => <option key={crawl.crawlId} value={String(crawl.crawlId)}>{crawlText(crawl)}</option>)}
        {crawlRef.value === "latest" || crawls?.some(({ crawlId }) => String(crawlId) === crawlRef.value)
          ? null
          : <option value={crawlRef.value}>crawl {crawlRef.value}</option>}
      </select>
    </label>
  )
}

/** Whether a crawl writes now, and when rows came last; what is shown may be another crawl. */
const Pulse = () => {
  const shownCrawl = useCrawl().value
  const running = useCrawls().value?.find(({ state }) => state === "running") ?? null
  const { changes, connected, last } = live.value
  if (running !== null) {
    const since = !connected ? "the live stream broke; connecting again" : changes === 0 ? "waiting for rows" : `last rows ${clock(last?.at ?? null)} UTC`
    return (
      <span class="pulse" data-live={connected} role="status">
        <i aria-hidden="true" />
        {running.crawlId === shownCrawl?.crawlId
          ? `live, ${since}`
          : <button type="button" class="plain" onClick={() => change({ crawl: String(running.crawlId), selected: null })}>{`crawl ${running.crawlId} is running, ${since}`}</button>}
      </span>
    )
  }
  if (shownCrawl === null) return null
  return <span class="quiet">{shownCrawl.endedAt === null ? `${shown(shownCrawl.state)} since ${time(shownCrawl.startedAt)}` : `ended ${time(shownCrawl.endedAt)}`}</span>
}

/** Invented behaviour is said to be so on every page. */
const SimulatedBanner = () => {
  const crawl = useCrawl().value
  return crawl?.simulated === true
    ? <p class="simulated"><strong>SIMULATED</strong> {`${shown(crawl.network, 40)}: names may be real, what the servers do is invented. No findings about anybody.`}</p>
    : null
}

const themes: ReadonlyArray<Theme> = ["system", "light", "dark"]

/** Which crawl, how fresh, which theme. */
export const Head = () => (
  <header>
    <SimulatedBanner />
    <div class="head">
      <CrawlChooser />
      <Pulse />
      <span class="spring" />
      <span class="head-end">
        <label>
          <span class="unseen">Theme</span>
          <select value={theme.value} onChange={(event) => { theme.value = event.currentTarget.value as Theme }}>
            {themes.map((name) => <option key={name} value={name}>{`${name} theme`}</option>)}
          </select>
        </label>
        <button type="button" onClick={() => { isHelpOpen.value = true }} aria-label="Keys" title="Keys">?</button>
      </span>
    </div>
  </header>
)
