/** What the panel at the right shows, and what the pictures mark. */
export type Selection =
  | { readonly kind: "server"; readonly id: number }
  | { readonly kind: "pair"; readonly a: number; readonly b: number }
  | { readonly kind: "cluster"; readonly id: number }

/** `server:12`, `pair:3,7` or `cluster:4`, as the URL says it. */
export const selectionText = (selection: Selection): string =>
  selection.kind === "pair" ? `pair:${selection.a},${selection.b}` : `${selection.kind}:${selection.id}`

/** A selection from the URL; null for anything that is none. */
export const readSelection = (text: string | null): Selection | null => {
  const one = /^(server|cluster):(\d{1,15})$/.exec(text ?? "")
  if (one !== null) return { kind: one[1] as "server" | "cluster", id: Number(one[2]) }
  const two = /^pair:(\d{1,15}),(\d{1,15})$/.exec(text ?? "")
  if (two !== null && two[1] !== two[2]) return { kind: "pair", a: Number(two[1]), b: Number(two[2]) }
  return null
}

/** Servers that a selection names itself; members of a cluster are looked up by whoever has the rows. */
export const selectedServers = (selection: Selection | null): ReadonlyArray<number> =>
  selection === null || selection.kind === "cluster"
    ? []
    : selection.kind === "server" ? [selection.id] : [selection.a, selection.b]
