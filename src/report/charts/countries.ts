import type { Feature, FeatureCollection } from "geojson"
import { feature } from "topojson-client"
import world from "world-atlas/countries-110m.json" with { type: "json" }
import table from "./countries.json" with { type: "json" }

const shapes: Readonly<Record<string, string>> = table.shapes
const points: Readonly<Record<string, ReadonlyArray<number>>> = table.points

/** Countries with their alpha-2 code as `id`; those that ISO has no code for have none. Antarctica is left out. */
export const countryShapes = (): ReadonlyArray<Feature> => {
  const topology = world as unknown as Parameters<typeof feature>[0]
  const { features } = feature(topology, topology.objects["countries"]!) as FeatureCollection
  return features
    .map((shape) => ({ ...shape, id: shapes[String(shape.id)] ?? "" }))
    .filter(({ id }) => id !== "AQ")
}

/** Where a place stands that has no shape, degrees east and north. */
export const placeOf = (code: string): readonly [east: number, north: number] | null => {
  const point = points[code]
  return point === undefined ? null : [point[0]!, point[1]!]
}

const names = new Intl.DisplayNames("en", { type: "region", fallback: "code" })

/** English name of a country by its alpha-2 code; what is no such code stays as it is. */
export const countryName = (code: string): string => /^[A-Z]{2}$/.test(code) ? names.of(code) ?? code : code
