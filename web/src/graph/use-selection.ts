import { useMemo } from "preact/hooks"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { type Selection, selectedServers } from "../state/selection.ts"
import { select, selected } from "../state/store.ts"
import type { NetworkModel } from "./network-model.ts"

/** A click selects; with Shift, the second server is compared with the first. */
export const selectOrCompare = (serverId: number, isCompared: boolean): void => {
  const now = selected.peek()
  if (isCompared && now?.kind === "server" && now.id !== serverId) select({ kind: "pair", a: now.id, b: serverId })
  else select({ kind: "server", id: serverId })
}

/** Whether a server is in the group that is selected; groups of all kinds have numbers of one series. */
const isMember = (row: ServerRow, selection: Selection | null): boolean =>
  selection?.kind === "cluster" && [row.clusterId, row.backendId, row.machineId, row.behaviourClusterId].includes(selection.id)

/** Whether a server is what is selected, or part of it. */
export const useIsSelected = (): ((row: ServerRow) => boolean) => {
  const selection = selected.value
  const ids = selectedServers(selection)
  return (row) => ids.includes(row.serverId) || isMember(row, selection)
}

/** What the selection means to a picture: servers whose lines are drawn, and members of a group, which are marked. */
export const useSelectedMembers = (model: NetworkModel): { readonly egos: ReadonlyArray<number>; readonly marked: ReadonlyArray<number> } => {
  const selection = selected.value
  return useMemo(() => ({
    egos: selectedServers(selection).flatMap((id) => model.indexOf.get(id) ?? []),
    marked: model.rows.flatMap((row, index) => (row !== undefined && isMember(row, selection) ? [index] : []))
  }), [selection, model])
}
