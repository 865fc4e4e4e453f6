import { useMemo } from "preact/hooks"
import { drawWorld } from "../map/world.ts"
import { pageHash } from "../state/store.ts"

const world = drawWorld(400)

/** Land in one quiet colour, a dot a country with as much area as it has servers. */
const MapPicture = ({ countries }: { readonly countries: ReadonlyArray<{ readonly value: string; readonly servers: number }> }) => {
  const land = useMemo(() => [...[...world.countries.values()].flatMap(({ path }) => path ?? []), ...world.others].join(""), [])
  const most = Math.max(1, ...countries.map(({ servers }) => servers))
  return (
    <a class="picture" href={pageHash("map")} aria-label="Open the map">
      <svg viewBox={`0 -6 ${world.width} ${world.height + 12}`} aria-hidden="true">
        <path d={land} style={{ fill: "var(--land)" }} />
        {countries.map(({ servers, value }) => {
          const at = world.countries.get(value)
          return at === undefined ? null : <circle key={value} cx={at.x} cy={at.y} r={1.6 + 13 * Math.sqrt(servers / most)} style={{ fill: "var(--accent)", fillOpacity: "0.55", stroke: "var(--surface-raised)", strokeWidth: "0.75px" }} />
        })}
      </svg>
    </a>
  )
}

export default MapPicture
