import { effect, signal } from "@preact/signals"

export type Theme = "system" | "light" | "dark"

const key = "observatory-theme"

/** What the reader chose on this machine; storage may be forbidden, and then it is forgotten. */
const remembered = (): Theme => {
  try {
    const text = localStorage.getItem(key)
    return text === "light" || text === "dark" ? text : "system"
  } catch {
    return "system"
  }
}

export const theme = signal<Theme>(remembered())

const systemDark = matchMedia("(prefers-color-scheme: dark)")
const isSystemDark = signal(systemDark.matches)
systemDark.addEventListener("change", () => { isSystemDark.value = systemDark.matches })

/** True where dark is shown now, for canvases that cannot read CSS. */
export const isDark = (): boolean => theme.value === "dark" || (theme.value === "system" && isSystemDark.value)

const slow = matchMedia("(prefers-reduced-motion: reduce)")

export const isMotionReduced = (): boolean => slow.matches

effect(() => {
  const chosen = theme.value
  if (chosen === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = chosen
  try {
    if (chosen === "system") localStorage.removeItem(key)
    else localStorage.setItem(key, chosen)
  } catch { /* It holds until the page is closed. */ }
})
