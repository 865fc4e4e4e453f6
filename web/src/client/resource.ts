import { signal, type ReadonlySignal, type Signal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { asFailure, type RequestFailure } from "./failure.ts"
import { getBytes, getJson } from "./request.ts"

/** What is known of an address: `before` is the last answer, which is still true of its time. */
export type Loaded<A> =
  | { readonly kind: "loading"; readonly value: A | null; readonly failure: null }
  | { readonly kind: "ready"; readonly value: A; readonly failure: null }
  | { readonly kind: "failed"; readonly value: A | null; readonly failure: RequestFailure }

interface Entry {
  readonly state: Signal<Loaded<unknown>>
  readonly load: () => Promise<unknown>
  users: number
  /** Counts loads, so that an old answer never replaces a new one. */
  turn: number
}

const entries = new Map<string, Entry>()
const kept = 60

const reload = async (entry: Entry): Promise<void> => {
  const turn = ++entry.turn
  const before = entry.state.peek().value
  entry.state.value = { kind: "loading", value: before, failure: null }
  try {
    const value = await entry.load()
    if (turn === entry.turn) entry.state.value = { kind: "ready", value, failure: null }
  } catch (cause) {
    if (turn === entry.turn) entry.state.value = { kind: "failed", value: before, failure: asFailure(cause) }
  }
}

const entryAt = (path: string, load: () => Promise<unknown>): Entry => {
  const known = entries.get(path)
  if (known !== undefined) return known
  for (const [other, { users }] of entries) {
    if (entries.size < kept) break
    if (users === 0) entries.delete(other)
  }
  const entry: Entry = { state: signal<Loaded<unknown>>({ kind: "loading", value: null, failure: null }), load, users: 0, turn: 0 }
  entries.set(path, entry)
  // Not within a render, where a signal must not change.
  queueMicrotask(() => { void reload(entry) })
  return entry
}

/** The data changed: what is shown is asked for again, what is not shown is forgotten. */
export const refresh = (): void => {
  for (const [path, entry] of entries) {
    if (entry.users > 0) void reload(entry)
    else entries.delete(path)
  }
}

/** Asks again for one address, after an error or a change of ours. */
export const refreshPath = (path: string): void => {
  const entry = entries.get(path)
  if (entry !== undefined) void reload(entry)
}

const nothing: ReadonlySignal<Loaded<unknown>> = signal({ kind: "loading", value: null, failure: null })

const useEntry = <A>(path: string | null, load: (path: string) => Promise<unknown>): Loaded<A> => {
  const entry = path === null ? null : entryAt(path, () => load(path))
  useEffect(() => {
    if (entry === null) return
    entry.users += 1
    return () => { entry.users -= 1 }
  }, [entry])
  return (entry?.state ?? nothing).value as Loaded<A>
}

/** JSON at an address, asked for once for all that show it; null asks for nothing. */
export const useJson = <A>(path: string | null): Loaded<A> => useEntry<A>(path, getJson)

export const useBytes = (path: string | null): Loaded<ArrayBuffer> => useEntry<ArrayBuffer>(path, getBytes)
