import { useMemo } from "preact/hooks"
import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import type { Colouring } from "../graph/colouring.ts"
import { slotCss } from "../graph/slot-css.ts"
import { shortened } from "../text/display.ts"
import { answered, counted } from "../text/format.ts"
import { countryName, fillBounds, type ByPlace, type PlaceRows } from "./by-place.ts"
import { type PlacedHeap, pushedApart, seed } from "./packing.ts"
import type { useZoom } from "./use-zoom.ts"
import { drawWorld } from "./world.ts"

export const world = drawWorld()

/** More dots than this would only be slow: then each country is one disc. */
const maxDots = 3_000
/** More heaps than this would take seconds to push apart: then each country has one. */
const maxHeaps = 400
/** Of the fullest heap, in units of the map. */
const largestHeap = 27

export const fillShare = (step: number, steps: number): number => 8 + Math.round((step * 30) / Math.max(1, steps - 1))

interface WorldMapProps {
  readonly places: ByPlace
  readonly all: number
  readonly colouring: Colouring
  readonly zoom: ReturnType<typeof useZoom>
  readonly isSelected: (row: ServerRow) => boolean
  readonly onServer: (row: ServerRow, isCompared: boolean) => void
  readonly isCountry: (code: string) => boolean
  readonly onCountry: (code: string) => void
}

/** A line to a country from its heap, where that had to move. */
const Leader = ({ heap }: { readonly heap: PlacedHeap }) =>
  Math.hypot(heap.atX - heap.x, heap.atY - heap.y) < heap.radius
    ? null
    : <line class="map-leader" x1={heap.x} y1={heap.y} x2={heap.atX} y2={heap.atY} />

/** Countries by their number of servers, and a dot for each server, heaped at its city, or at its country where the place within is not known. */
export const WorldMap = ({ all, colouring, isCountry, isSelected, onCountry, onServer, places, zoom }: WorldMapProps) => {
  const most = places.countries[0]?.rows.length ?? 0
  const bounds = fillBounds(most)
  const isDots = all <= maxDots
  const heaped = useMemo((): ReadonlyArray<PlaceRows> =>
    places.places.length <= maxHeaps ? places.places : places.countries.map(({ code, rows }) => ({ key: code, code, at: null, rows })), [places])
  const fullest = Math.max(1, ...heaped.map(({ rows }) => rows.length))
  // The nearer one looks, the closer dots stand to their places: they grow by the root of what the map does, in steps.
  const spacing = Math.min(4.6, largestHeap / Math.sqrt(Math.max(fullest, most / 2))) / Math.sqrt(1.5 ** Math.floor(Math.log(zoom.zoom.scale) / Math.log(1.5) + 1e-9))
  const heaps = useMemo(() => pushedApart(heaped.flatMap(({ at, code, key, rows }) => {
    const country = world.countries.get(code)
    if (country === undefined) return []
    const { x, y } = at === null ? country : world.at(at.latitude, at.longitude)
    return [{ key, x, y, radius: spacing * Math.sqrt(rows.length) + spacing * 0.5 }]
  })), [heaped, spacing])
  const placeOf = useMemo(() => new Map(heaped.map((place) => [place.key, place])), [heaped])
  const counts = new Map(places.countries.map(({ code, rows }) => [code, rows]))
  // Servers of one colour stand together.
  const ranked = useMemo(() => {
    const order = new Map(colouring.legend([]).map(({ key }, i) => [key, i]))
    return new Map(heaped.map(({ key, rows }) => [key, rows.toSorted((a, b) => (order.get(colouring.keyOf(a)) ?? 0) - (order.get(colouring.keyOf(b)) ?? 0))]))
  }, [heaped, colouring])
  const nameOf = ({ at, code }: PlaceRows): string => at === null ? `${countryName(code)}, place not known` : `${shortened(at.city, 40)}, ${countryName(code)} (approximate)`
  const { scale, x, y } = zoom.zoom
  return (
    <svg class="map" viewBox={`0 0 ${world.width} ${world.height}`} role="group" aria-label="Map of the world" {...zoom.handlers}>
      <g transform={`translate(${x} ${y}) scale(${scale})`} style={{ strokeWidth: 0.6 / scale }}>
        {world.others.map((d, i) => <path key={i} class="map-land" d={d} />)}
        {[...world.countries.values()].map(({ code, path }) => {
          if (path === null) return null
          const rows = counts.get(code)
          if (rows === undefined) return <path key={code} class="map-land" d={path} />
          const step = bounds.filter((bound) => rows.length >= bound).length - 1
          return (
            <path key={code} class="map-land map-filled" d={path} role="button" tabIndex={0} aria-pressed={isCountry(code)}
              aria-label={`${countryName(code)}, ${counted(rows.length, "server")}: only this country`}
              style={{ fill: `color-mix(in srgb, var(--accent) ${fillShare(step, bounds.length)}%, var(--map-land))` }}
              onClick={() => onCountry(code)} onKeyDown={(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onCountry(code) } }}>
              <title>{`${countryName(code)}: ${counted(rows.length, "server")}`}</title>
            </path>
          )
        })}
        {heaps.map((heap) => <Leader key={heap.key} heap={heap} />)}
        {heaps.map((heap) => {
          const rows = ranked.get(heap.key)!
          const place = placeOf.get(heap.key)!
          if (!isDots) {
            return <circle key={heap.key} class="map-disc" cx={heap.atX} cy={heap.atY} r={heap.radius} onClick={() => onCountry(place.code)}>
              <title>{`${nameOf(place)}: ${counted(rows.length, "server")}`}</title>
            </circle>
          }
          return rows.map((row, i) => {
            const at = seed(i, spacing)
            const colour = slotCss(colouring.slotOf(row))
            const isRing = row.reachable !== true
            return (
              <circle key={row.serverId} class="map-dot" data-selected={isSelected(row)} cx={(heap.atX + at.x).toFixed(2)} cy={(heap.atY + at.y).toFixed(2)} r={(spacing * (isRing ? 0.62 : 0.76)).toFixed(2)}
                style={isRing ? { fill: "var(--surface)", stroke: colour, strokeWidth: spacing * 0.28 } : { fill: colour }}
                onClick={(event) => { event.stopPropagation(); onServer(row, event.shiftKey) }}>
                <title>{`${shortened(row.host, 60)} · ${row.city === null ? nameOf(place) : `${shortened(row.city, 40)}, ${countryName(place.code)} (approximate)`} · ${answered(row.reachable)} · ${colouring.labelOf(row)}`}</title>
              </circle>
            )
          })
        })}
      </g>
    </svg>
  )
}
