import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"

/** Servers that stand at one place, or within one country at a place that is not known. */
export interface PlaceRows {
  readonly key: string
  /** Country code. */
  readonly code: string
  /** Where the city is by the geo data; null: only the country is known. */
  readonly at: { readonly city: string; readonly latitude: number; readonly longitude: number } | null
  readonly rows: ReadonlyArray<ServerRow>
}

export interface ByPlace {
  /** The same servers as `countries`, by place. */
  readonly places: ReadonlyArray<PlaceRows>
  /** Servers per country code, most first. */
  readonly countries: ReadonlyArray<{ readonly code: string; readonly rows: ReadonlyArray<ServerRow> }>
  /** Reached through Tor only, so nobody knows where. */
  readonly onion: ReadonlyArray<ServerRow>
  /** With an address whose country no source says, or with none. */
  readonly unknown: ReadonlyArray<ServerRow>
}

/** Where servers are as far as the crawl's geo data say. What is not known is counted aside, never put somewhere. */
export const byPlace = (rows: ReadonlyArray<ServerRow>): ByPlace => {
  const countries = new Map<string, Array<ServerRow>>()
  const onion: Array<ServerRow> = []
  const unknown: Array<ServerRow> = []
  const places = new Map<string, PlaceRows & { readonly rows: Array<ServerRow> }>()
  for (const row of rows) {
    if (row.country !== null) {
      const { city, country: code, latitude, longitude } = row
      const at = city === null || latitude === null || longitude === null ? null : { city, latitude, longitude }
      const key = at === null ? code : `${code} ${at.latitude},${at.longitude}`
      const there = places.get(key)
      if (there === undefined) places.set(key, { key, code, at, rows: [row] })
      else there.rows.push(row)
      const known = countries.get(row.country)
      if (known === undefined) countries.set(row.country, [row])
      else known.push(row)
    } else if (row.networkClasses.length > 0 && row.networkClasses.every((one) => one === "onion")) onion.push(row)
    else unknown.push(row)
  }
  return {
    places: [...places.values()],
    countries: [...countries].map(([code, rows]) => ({ code, rows })).sort((a, b) => b.rows.length - a.rows.length || a.code.localeCompare(b.code)),
    onion,
    unknown
  }
}

/** Bounds of the fills: 1, 3, 10, 30 … up to what the fullest country has; five at most, 1 and the largest ones. */
export const fillBounds = (most: number): ReadonlyArray<number> => {
  const bounds: Array<number> = []
  for (let bound = 1; bound <= most; bound = String(bound).startsWith("1") ? bound * 3 : Math.round((bound * 10) / 3)) bounds.push(bound)
  return bounds.length <= 5 ? bounds : [1, ...bounds.slice(-4)]
}

const names = new Intl.DisplayNames("en", { type: "region", fallback: "code" })

/** A country's name in English; a code that is none stays as it is. */
export const countryName = (code: string): string => {
  try {
    return names.of(code) ?? code
  } catch {
    return code
  }
}
