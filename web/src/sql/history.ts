import { signal } from "@preact/signals"

const key = "observatory-sql"
const kept = 30

const remembered = (): ReadonlyArray<string> => {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(key) ?? "[]")
    return Array.isArray(list) ? list.filter((item) => typeof item === "string").slice(0, kept) : []
  } catch {
    return []
  }
}

/** SQL that was run in this tab, newest first. It is forgotten with the tab. */
export const history = signal<ReadonlyArray<string>>(remembered())

export const remember = (sql: string): void => {
  history.value = [sql, ...history.peek().filter((one) => one !== sql)].slice(0, kept)
  try {
    sessionStorage.setItem(key, JSON.stringify(history.peek()))
  } catch { /* Storage is full or forbidden: it holds until the page is loaded again. */ }
}
