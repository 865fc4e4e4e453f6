import { signal } from "@preact/signals"
import { goTo, select, selected } from "../state/store.ts"
import { nextInList } from "./list-keys.ts"
import { pages } from "./pages.ts"

export const isHelpOpen = signal(false)
export const areFiltersOpen = signal(false)
export const isRailOpen = signal(false)
/** `g` was pressed and a letter is awaited. */
export const isGoing = signal(false)

const focusOn = (id: string): void => {
  const element = document.getElementById(id)
  element?.focus()
  if (element instanceof HTMLInputElement) element.select()
}

const escape = (target: Element | null): void => {
  if (isField(target)) focusOn("content")
  else if (areFiltersOpen.value) areFiltersOpen.value = false
  else if (selected.value !== null) select(null)
  // What was closed had the focus: it goes on in the content, not at the top of the page.
  requestAnimationFrame(() => { if (document.activeElement === document.body) focusOn("content") })
}

const isField = (element: Element | null): boolean =>
  element !== null && element.matches("input:not([type=checkbox],[type=radio],[type=button]), textarea, select, [contenteditable=true]")

let going: ReturnType<typeof setTimeout> | null = null

const stopGoing = (): void => {
  if (going !== null) clearTimeout(going)
  going = null
  isGoing.value = false
}

const press = (event: KeyboardEvent): void => {
  const target = event.target instanceof Element ? event.target : null
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === "Escape") {
    stopGoing()
    if (!isHelpOpen.value) escape(target)
    return
  }
  if (isField(target) || isHelpOpen.value) return
  if (isGoing.value) {
    stopGoing()
    const page = pages.find(({ letter }) => letter === event.key)
    if (page === undefined) return
    event.preventDefault()
    goTo(page.path)
    focusOn("content")
    return
  }
  const next = nextInList(event.key, target)
  if (next !== null) {
    event.preventDefault()
    next.focus()
    return
  }
  if (event.key === "ArrowDown" && (target === document.body || target?.id === "content")) {
    // Where the page is one long list, arrows are its.
    const list = document.querySelector<HTMLElement>("#content.fills table[role=grid]")
    if (list === null) return
    event.preventDefault()
    list.focus()
    return
  }
  const actions: Readonly<Record<string, () => void>> = {
    "/": () => focusOn("search"),
    "f": () => {
      areFiltersOpen.value = !areFiltersOpen.value
      if (areFiltersOpen.value) requestAnimationFrame(() => document.querySelector<HTMLElement>("#filters input:checked, #filters input")?.focus())
    },
    "p": () => focusOn("panel"),
    "?": () => { isHelpOpen.value = true },
    "g": () => {
      isGoing.value = true
      going = setTimeout(stopGoing, 1_500)
    }
  }
  const action = actions[event.key]
  if (action === undefined) return
  event.preventDefault()
  action()
}

/** Listens to the keys that work everywhere; keys of lists and pictures are theirs. */
export const listenToKeys = (): void => document.addEventListener("keydown", press)
