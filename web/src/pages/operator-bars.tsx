import type { Overview } from "../../../src/atlas/shapes/overview.ts"
import { useShownServers } from "../client/shown-servers.ts"
import { Bars, type Bar } from "../parts/bars.tsx"
import { groupColour } from "../parts/group-colour.ts"
import { select, selected } from "../state/store.ts"
import { counted, probability } from "../text/format.ts"

const most = 8

/** Groups that are probably one operator's, largest first, against all servers that answered. */
export const OperatorBars = ({ overview }: { readonly overview: Overview }) => {
  const groups = overview.operatorsByShare
  const all = overview.serversAnswered.value ?? 0
  const inGroups = groups.reduce((sum, { servers }) => sum + servers, 0)
  const now = selected.value
  const ranks = useShownServers().value?.ranks
  const rest = groups.slice(most)
  const bars: ReadonlyArray<Bar> = [
    ...groups.slice(0, most).map(({ clusterId, label, posterior, servers }): Bar => ({
      label,
      note: posterior === null ? undefined : `p ${probability(posterior)}`,
      value: servers,
      of: all,
      colour: groupColour(clusterId === null ? null : ranks?.get(clusterId) ?? null),
      pressed: now?.kind === "cluster" && now.id === clusterId,
      open: clusterId === null ? undefined : () => select({ kind: "cluster", id: clusterId })
    })),
    ...(rest.length === 0 ? [] : [{ label: counted(rest.length, "smaller group"), value: rest.reduce((sum, { servers }) => sum + servers, 0), of: all, isUnknown: true }])
  ]
  return (
    <>
      {bars.length === 0 ? <p class="quiet">No group of servers is probably one operator's. A careful operator would leave none.</p> : <Bars bars={bars} isStacked label="Groups that are probably one operator's" />}
      <p class="quiet">{`${counted(all - inGroups, "server")} of ${all} that answered ${all - inGroups === 1 ? "is" : "are"} in no group.`}</p>
    </>
  )
}
