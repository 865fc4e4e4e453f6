import { page, pageHash } from "../state/store.ts"
import { isRailOpen } from "./keyboard.ts"
import { pages } from "./pages.ts"

/** The pages, at the left; behind a button where the window is narrow. */
export const Rail = () => (
  <nav class="rail" aria-label="Pages" data-open={isRailOpen.value}>
    <a class="brand" href={pageHash("overview")}>
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
        <circle cx="16" cy="16" r="13" fill="none" stroke="currentColor" stroke-width="2.5" />
        <circle cx="16" cy="16" r="4" fill="currentColor" />
        <circle cx="25" cy="8" r="3" fill="currentColor" />
      </svg>
      <span>Electrum Observatory</span>
    </a>
    <button type="button" class="rail-toggle" aria-expanded={isRailOpen.value} aria-controls="pages"
      onClick={() => { isRailOpen.value = !isRailOpen.value }}>Pages</button>
    <ul id="pages">
      {pages.map(({ letter, path, title }) => (
        <li key={path}>
          <a href={pageHash(path)} aria-current={page.value === path ? "page" : undefined} onClick={() => { isRailOpen.value = false }}>
            <span>{title}</span>
            <kbd aria-hidden="true">{letter}</kbd>
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
