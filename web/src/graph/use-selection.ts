import { useMemo } from "preact/hooks"
import { selectedServers } from "../state/selection.ts"
import { select, selected } from "../state/store.ts"
import type { NetworkModel } from "./network-model.ts"

/** A click selects; with Shift, the second server is compared with the first. */
export const selectOrCompare = (serverId: number, isCompared: boolean): void => {
  const now = selected.peek()
  if (isCompared && now?.kind === "server" && now.id !== serverId) select({ kind: "pair", a: now.id, b: serverId })
  else select({ kind: "server", id: serverId })
}

/** What the selection means to a picture: servers whose lines are drawn, and members of a group, which are marked. */
export const useSelectedMembers = (model: NetworkModel): { readonly egos: ReadonlyArray<number>; readonly marked: ReadonlyArray<number> } => {
  const selection = selected.value
  return useMemo(() => ({
    egos: selectedServers(selection).flatMap((id) => model.indexOf.get(id) ?? []),
    marked: selection?.kind === "cluster" ? model.rows.flatMap((row, index) => (row?.clusterId === selection.id ? [index] : [])) : []
  }), [selection, model])
}
