import { useEffect } from "preact/hooks"
import { Panel } from "../panel/panel.tsx"
import { lazy } from "../parts/lazy.tsx"
import { Failed } from "../parts/states.tsx"
import { page, selected } from "../state/store.ts"
import { FilterBar } from "./filter-bar.tsx"
import { Head } from "./head.tsx"
import { Help } from "./help.tsx"
import { isGoing } from "./keyboard.ts"
import { pageAt, pages } from "./pages.ts"
import { Rail } from "./rail.tsx"

const contents = new Map(pages.map(({ load, path }) => [path, lazy<object>(load)]))

const PageContent = () => {
  const at = pageAt(page.value)
  const Content = contents.get(page.value)
  useEffect(() => { document.title = `${at?.title ?? "No such page"} · Electrum Observatory` }, [at])
  return (
    <main id="content" tabIndex={at?.fills === true ? -1 : 0} class={at?.fills === true ? "content fills" : "content"}>
      {Content === undefined
        ? <Failed message={`There is no page "${page.value}". The pages are at the left.`} />
        : <Content key={page.value} />}
    </main>
  )
}

/** The frame of every page: rail, head, filters, content, panel. */
export const App = () => (
  <div class="frame" data-panel={selected.value !== null}>
    <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>Skip to the content</button>
    <Rail />
    <div class="middle">
      <Head />
      <FilterBar />
      <PageContent />
    </div>
    <Panel />
    <Help />
    {isGoing.value ? <div class="going" role="status">g … which page? <kbd>o</kbd> overview, <kbd>n</kbd> network, <kbd>s</kbd> servers; all: <kbd>?</kbd></div> : null}
  </div>
)
