import type { ComponentType } from "preact"
import { useEffect, useState } from "preact/hooks"
import { Panel } from "../panel/panel.tsx"
import { Failed, Shape } from "../parts/states.tsx"
import { page, selected } from "../state/store.ts"
import { FilterBar } from "./filter-bar.tsx"
import { Head, SimulatedBanner } from "./head.tsx"
import { Help } from "./help.tsx"
import { isGoing } from "./keyboard.ts"
import { pageAt, type Page } from "./pages.ts"
import { Rail } from "./rail.tsx"

const loadedPages = new Map<string, ComponentType>()

/** A page's code, which comes when it is first opened. */
const LazyPage = ({ at }: { readonly at: Page }) => {
  const [, redraw] = useState(0)
  const [failed, setFailed] = useState(false)
  const Content = loadedPages.get(at.path)
  useEffect(() => {
    if (loadedPages.has(at.path)) return
    let wanted = true
    setFailed(false)
    const load = async (): Promise<void> => {
      try {
        loadedPages.set(at.path, (await at.load()).default)
        if (wanted) redraw((n) => n + 1)
      } catch {
        if (wanted) setFailed(true)
      }
    }
    void load()
    return () => { wanted = false }
  }, [at])
  if (failed) return <Failed message="The code of this page did not come: the observatory stopped, or was updated since the viewer was opened. Load the page again." />
  return Content === undefined ? <Shape /> : <Content />
}

const PageContent = () => {
  const at = pageAt(page.value)
  useEffect(() => { document.title = `${at?.title ?? "No such page"} · Electrum Observatory` }, [at])
  return (
    <main id="content" tabIndex={-1} class={at?.fills === true ? "content fills" : "content"}>
      {at === null
        ? <Failed message={`There is no page "${page.value}". The pages are at the left.`} />
        : <LazyPage key={at.path} at={at} />}
    </main>
  )
}

/** The frame of every page: rail, head, filters, content, panel. */
export const App = () => (
  <div class="frame" data-panel={selected.value !== null}>
    <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>Skip to the content</button>
    <Rail />
    <div class="middle">
      <SimulatedBanner />
      <Head />
      <FilterBar />
      <PageContent />
    </div>
    <Panel />
    <Help />
    {isGoing.value ? <div class="going" role="status">g … which page? <kbd>o</kbd> overview, <kbd>n</kbd> network, <kbd>s</kbd> servers; all: <kbd>?</kbd></div> : null}
  </div>
)
