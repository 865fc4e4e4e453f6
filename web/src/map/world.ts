import { geoArea, geoCentroid, geoEqualEarth, geoPath } from "d3-geo"
import type { Feature, Geometry, Polygon } from "geojson"
import { feature } from "topojson-client"
import type { GeometryCollection, Topology } from "topojson-specification"
import topology from "world-atlas/countries-110m.json"
import places from "./country-places.json"

/** A country as it is drawn: where its dots go and, unless it is too small for this map, its shape. */
export interface Country {
  /** ISO 3166-1, two letters. */
  readonly code: string
  readonly x: number
  readonly y: number
  /** SVG path; null: only its dots are shown. */
  readonly path: string | null
}

export interface World {
  readonly width: number
  readonly height: number
  readonly countries: ReadonlyMap<string, Country>
  /** Shapes without a code of their own. */
  readonly others: ReadonlyArray<string>
  /** Where a place is on it. */
  readonly at: (latitude: number, longitude: number) => { readonly x: number; readonly y: number }
}

/** The middle of the largest part, so that overseas parts pull nothing into the sea. */
const middle = (geometry: Geometry): [number, number] => {
  if (geometry.type !== "MultiPolygon") return geoCentroid(geometry)
  const parts = geometry.coordinates.map((coordinates): Polygon => ({ type: "Polygon", coordinates }))
  return geoCentroid(parts.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a)))
}

/**
 * The world at 1:110 million (Natural Earth, public domain, by world-atlas), in equal areas.
 * Countries without a shape at this scale stand at a city of theirs (tz database, public domain).
 */
export const drawWorld = (width = 960): World => {
  const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(width, { type: "Sphere" })
  const path = geoPath(projection).digits(1)
  // From the northernmost land to Cape Horn: what is beyond has no servers, and half of the picture would be empty.
  const height = Math.ceil(projection([-67, -57])![1])
  const collection = feature(topology as unknown as Topology, topology.objects.countries as unknown as GeometryCollection)
  const byNumber = new Map<string, Feature>()
  const others: Array<string> = []
  const codes = new Set(Object.values(places).filter((place) => typeof place === "string"))
  for (const shape of collection.features) {
    const number = shape.id === undefined ? undefined : String(shape.id)
    if (number !== undefined && codes.has(number)) byNumber.set(number, shape)
    else if (number !== "010") others.push(path(shape) ?? "")
  }
  const countries = new Map<string, Country>()
  for (const [code, place] of Object.entries(places)) {
    const shape = typeof place === "string" ? byNumber.get(place) : undefined
    const at = shape === undefined ? (place as [number, number]) : middle(shape.geometry)
    const [x, y] = projection(at) ?? [0, 0]
    countries.set(code, { code, x, y, path: shape === undefined || code === "AQ" ? null : path(shape) })
  }
  const at: World["at"] = (latitude, longitude) => {
    const [x, y] = projection([longitude, latitude]) ?? [0, 0]
    return { x, y: Math.min(y, height) }
  }
  return { width, height, countries, others, at }
}
