import { useMemo } from "preact/hooks"
import { type ShownServers, useShownServers } from "../client/shown-servers.ts"
import { colourings } from "../graph/attributes.ts"
import { colouringOf } from "../graph/colouring.ts"
import { DrawnTable } from "../graph/drawn-table.tsx"
import { Legend } from "../graph/legend.tsx"
import { choose, chosenColour } from "../graph/network-choices.ts"
import { PictureOrTable, Zooms } from "../graph/picture-tools.tsx"
import { selectOrCompare, useIsSelected } from "../graph/use-selection.ts"
import { byPlace, countryName, fillBounds } from "../map/by-place.ts"
import { useZoom } from "../map/use-zoom.ts"
import { fillShare, world, WorldMap } from "../map/world-map.tsx"
import { Choice } from "../parts/choice.tsx"
import { Empty, Loading } from "../parts/states.tsx"
import { filter, hidden, narrow, own, pageHash, setOwn } from "../state/store.ts"
import { count, counted } from "../text/format.ts"
import "../graph/network.css"
import "../map/map.css"

/** What the fills mean. */
const FillKey = ({ most }: { readonly most: number }) => {
  const bounds = fillBounds(most)
  if (bounds.length === 0) return null
  return (
    <ul class="fill-key" aria-label="Servers of a country">
      {bounds.map((from, step) => (
        <li key={from}><i class="swatch" style={{ background: `color-mix(in srgb, var(--accent) ${fillShare(step, bounds.length)}%, var(--map-land))` }} />
          <span>{step + 1 < bounds.length ? bounds[step + 1]! - 1 === from ? count(from) : `${count(from)} to ${count(bounds[step + 1]! - 1)}` : `${count(from)} or more`}</span></li>
      ))}
    </ul>
  )
}

const Drawn = ({ all, rows }: ShownServers) => {
  const colour = chosenColour(all)
  const colouring = useMemo(() => colouringOf(colour, all), [colour, all])
  const shown = useMemo(() => rows.filter(({ serverId }) => !hidden.value.has(serverId)), [rows, hidden.value])
  const places = useMemo(() => byPlace(shown), [shown])
  const legend = useMemo(() => colouring.legend(shown), [colouring, shown])
  const isSelected = useIsSelected()
  const zoom = useZoom(world.width, world.height, own("at"), (at) => setOwn({ at }, "replace"))
  const isTable = own("as") === "table"
  const placed = shown.length - places.onion.length - places.unknown.length
  const isCountry = (code: string): boolean => filter.value.country?.length === 1 && filter.value.country[0] === code
  const largest = places.countries[0]
  const cities = places.places.filter(({ at }) => at !== null)
  const atCities = cities.reduce((sum, { rows }) => sum + rows.length, 0)
  return (
    <div class="network">
      <header class="tools">
        <h1>Map</h1>
        <Choice label="Colour" value={colour.id} options={colourings.map(({ id, title }) => [id, title])} onChoose={(id) => choose("colour", id)} />
        <span class="spring" />
        {isTable ? null : <Zooms onZoom={zoom.by} onFit={zoom.reset} />}
        <PictureOrTable isTable={isTable} />
      </header>
      {isTable
        ? <DrawnTable label="Servers of the map" colouring={colouring} rows={shown} more={["country", "city"]} />
        : (
          <div class="network-picture map-picture">
            <WorldMap places={places} all={placed} colouring={colouring} zoom={zoom} isSelected={isSelected}
              onServer={({ serverId }, isCompared) => selectOrCompare(serverId, isCompared)}
              isCountry={isCountry} onCountry={(code) => narrow({ country: isCountry(code) ? undefined : [code] })} />
            <Legend colouring={colouring} entries={legend} />
            <div class="map-aside">
              <FillKey most={largest?.rows.length ?? 0} />
              <p>{`Not on the map: ${counted(places.onion.length, "server")} reached only through Tor, and ${count(places.unknown.length)} whose country is not known.`}</p>
            </div>
            {placed === 0 ? <div class="network-none"><Empty run="observatory enrich --geoip FILE">No server here has a known country.</Empty></div> : null}
          </div>
        )}
      <p class="says-who network-says">
        {`${counted(placed, "server")} in ${counted(places.countries.length, "country", "countries")}${largest === undefined ? "" : `, most in ${countryName(largest.code)} (${count(largest.rows.length)})`}. Level: server. `}
        {`Approximate: ${counted(atCities, "server stands at the city that geo data name for its address", "servers stand at the cities that geo data name for their addresses")} (${counted(cities.length, "place")}), ${count(placed - atCities)} at a country within which no place is known. Geo data know places badly: two such sources differ by 267 km in the median. A place is where the address is said to be, not who runs the server. `}
        <a href={pageHash("sql", { own: { query: "servers-by-country" } })}>servers-by-country</a>, <a href={pageHash("sql", { own: { query: "servers-by-place" } })}>servers-by-place</a>
      </p>
    </div>
  )
}

const MapPage = () => {
  const servers = useShownServers()
  return <Loading of={servers}>{(shown) => <Drawn {...shown} />}</Loading>
}

export default MapPage
