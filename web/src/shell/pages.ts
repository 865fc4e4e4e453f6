import type { ComponentType } from "preact"

/** One page of the viewer. Its code comes when it is opened. */
export interface Page {
  /** Path in the address. */
  readonly path: string
  readonly title: string
  /** `g` and this letter open it. */
  readonly letter: string
  /** What the filter means to it, in words; null: it narrows what the page shows. */
  readonly unfiltered: string | null
  /** The page fills the window itself and scrolls inside, as pictures do. */
  readonly fills?: boolean
  readonly load: () => Promise<{ readonly default: ComponentType }>
}

const whole = "This page is about the whole crawl; the filter is kept for the others."

/** All pages, in the order of the rail. */
export const pages: ReadonlyArray<Page> = [
  { path: "overview", title: "Overview", letter: "o", unfiltered: null, load: () => import("../pages/overview.tsx") },
  { path: "network", title: "Network", letter: "n", unfiltered: null, fills: true, load: () => import("../pages/network.tsx") },
  { path: "map", title: "Map", letter: "m", unfiltered: null, fills: true, load: () => import("../pages/map.tsx") },
  { path: "servers", title: "Servers", letter: "s", unfiltered: null, fills: true, load: () => import("../pages/servers.tsx") },
  { path: "watched", title: "Watched time", letter: "w", unfiltered: null, load: () => import("../pages/watched.tsx") },
  { path: "clusters", title: "Clusters", letter: "c", unfiltered: null, load: () => import("../pages/clusters.tsx") },
  { path: "suspicion", title: "Suspicion", letter: "u", unfiltered: null, load: () => import("../pages/suspicion.tsx") },
  { path: "exposure", title: "Exposure", letter: "e", unfiltered: "The model is of the whole network; the filter is kept for the other pages.", load: () => import("../pages/exposure.tsx") },
  { path: "sql", title: "SQL", letter: "q", fills: true, unfiltered: "SQL sees the whole database; the filter is kept for the other pages.", load: () => import("../pages/sql.tsx") },
  { path: "threats", title: "Threat model", letter: "t", unfiltered: whole, load: () => import("../pages/threats.tsx") },
  { path: "methodology", title: "Methodology", letter: "h", unfiltered: whole, load: () => import("../pages/methodology.tsx") },
  { path: "dictionary", title: "Data dictionary", letter: "d", unfiltered: "The dictionary is of the database's form; the filter is kept for the other pages.", load: () => import("../pages/dictionary.tsx") }
]

export const pageAt = (path: string): Page | null => pages.find((page) => page.path === path) ?? null
