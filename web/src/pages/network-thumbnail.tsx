import { useMemo } from "preact/hooks"
import type { GraphHead } from "../../../src/atlas/shapes/graph.ts"
import { useGraphHead } from "../client/atlas.ts"
import { useShownServers, type ShownServers } from "../client/shown-servers.ts"
import { extentOf } from "../graph/scene.ts"
import { groupColour } from "../parts/group-colour.ts"
import { Loading } from "../parts/states.tsx"
import { pageHash } from "../state/store.ts"

const width = 400
const height = 300

/** Dots of one colour as one path: lines of no length with round ends. */
const dotsOf = (head: GraphHead, colours: (server: number) => string): ReadonlyMap<string, string> => {
  const { x: [left, right], y: [top, bottom] } = extentOf(head.x, head.y)
  const scale = Math.min((width - 24) / (right - left), (height - 24) / (bottom - top))
  const paths = new Map<string, string>()
  head.servers.forEach((server, i) => {
    const x = width / 2 + (head.x[i]! - (left + right) / 2) * scale
    const y = height / 2 + (head.y[i]! - (top + bottom) / 2) * scale
    const colour = colours(server)
    paths.set(colour, `${paths.get(colour) ?? ""}M${x.toFixed(1)} ${y.toFixed(1)}h0`)
  })
  return paths
}

const Picture = ({ byId, head, ranks }: Pick<ShownServers, "byId" | "ranks"> & { readonly head: GraphHead }) => {
  // A letter of the search changes none of these, and ten thousand dots are long texts.
  const dots = useMemo(() => {
    const colourOf = (server: number): string => {
      const cluster = byId.get(server)?.clusterId ?? null
      return cluster === null ? "var(--line-strong)" : groupColour(ranks.get(cluster) ?? null)
    }
    return [...dotsOf(head, colourOf)].sort(([a], [b]) => Number(b === "var(--line-strong)") - Number(a === "var(--line-strong)"))
  }, [head, byId, ranks])
  const size = head.servers.length > 3_000 ? 2.2 : head.servers.length > 600 ? 3.5 : 6
  return (
    <a class="picture" href={pageHash("network")} aria-label="Open the network">
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {dots.map(([colour, path]) => <path key={colour} d={path} fill="none" stroke-width={size} stroke-linecap="round" style={{ stroke: colour }} />)}
      </svg>
    </a>
  )
}

const noServers: Pick<ShownServers, "byId" | "ranks"> = { byId: new Map(), ranks: new Map() }

/** The stored layout in small; edges are on the page it leads to. */
export const NetworkThumbnail = () => {
  const head = useGraphHead()
  const { byId, ranks } = useShownServers().value ?? noServers
  return (
    <Loading of={head} lines={5}>
      {(value) => value.servers.length === 0 ? <p class="quiet">No server announces another yet.</p> : <Picture head={value} byId={byId} ranks={ranks} />}
    </Loading>
  )
}
