import type { Selection } from "../state/selection.ts"
import { ClusterPanel } from "./cluster-panel.tsx"
import { PairPanel } from "./pair-panel.tsx"
import { ServerPanel } from "./server-panel.tsx"

/** What is in the panel for a selection. */
const PanelContent = ({ selection }: { readonly selection: Selection }) => {
  switch (selection.kind) {
    case "server":
      return <ServerPanel key={selection.id} id={selection.id} />
    case "pair":
      return <PairPanel key={`${selection.a},${selection.b}`} a={selection.a} b={selection.b} />
    case "cluster":
      return <ClusterPanel key={selection.id} id={selection.id} />
  }
}

export default PanelContent
