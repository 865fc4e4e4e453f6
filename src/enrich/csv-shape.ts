import { type AddressRange, rangeBetween, rangeOfBlock } from "../domain/address-range.ts"
import type { FactKind } from "../domain/address-fact.ts"

/** What a geo file says about an address; null where it says nothing. */
export interface Place {
  readonly asn: string | null
  readonly org: string | null
  readonly countryLocated: string | null
  readonly countryRegistered: string | null
  readonly city: string | null
  /** Of the city, see `coordinatesOf`. */
  readonly coordinates: string | null
}

export const nowhere: Place = { asn: null, org: null, countryLocated: null, countryRegistered: null, city: null, coordinates: null }

/** How the records of a CSV file are read. */
export interface CsvShape {
  /** What such a file speaks of. */
  readonly kinds: ReadonlyArray<FactKind>
  /** The first record is a header. */
  readonly hasHeader: boolean
  /** So many fields from the left tell the range. */
  readonly rangeFields: number
  readonly range: (fields: ReadonlyArray<string>) => AddressRange | undefined
  readonly place: (fields: ReadonlyArray<string>) => Place
  /** MaxMind's blocks name places by numbers, which a file of locations explains. */
  readonly locations: { readonly located: number; readonly registered: number; readonly latitude: number; readonly longitude: number } | null
}

const most = 200

/** A text field as a fact, cut to 200 characters. */
export const textOf = (field: string | undefined): string | null =>
  field === undefined || field === "" ? null : field.slice(0, most)

/** Two letters, as ISO 3166-1 has them; `ZZ` and `-` are nobody's. */
export const countryOf = (field: string | undefined): string | null =>
  field !== undefined && /^[A-Za-z]{2}$/.test(field) && !/^zz$/i.test(field) ? field.toUpperCase() : null

/** Degrees to a tenth, without a sign for zero. */
const degrees = (field: string | undefined, most: number): string | null => {
  if (field === undefined || !/^-?\d{1,3}(?:\.\d{1,15})?$/.test(field) || Math.abs(Number(field)) > most) return null
  return (Math.round(Number(field) * 10) / 10 + 0).toFixed(1)
}

/**
 * Where a city is, `52.5,13.4`. Without a city there is none: files then have the
 * middle of a country or region, which would look like a place where somebody is.
 * 0,0 is how files say that they do not know.
 */
export const coordinatesOf = (city: string | null, latitude: string | undefined, longitude: string | undefined): string | null => {
  const [north, east] = [degrees(latitude, 90), degrees(longitude, 180)]
  return city === null || north === null || east === null || (north === "0.0" && east === "0.0") ? null : `${north},${east}`
}

const mostAsn = 2 ** 32 - 1

/** A number of an autonomous system (RFC 6793), with or without `AS` in front; 0 is none (RFC 7607). */
export const asnOf = (field: string | undefined): string | null => {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(field ?? "")?.[1]
  const asn = Number(digits)
  return digits !== undefined && asn > 0 && asn <= mostAsn ? String(asn) : null
}

/** Columns by their names in a header; of several spellings the first that is there. */
const column = (header: ReadonlyArray<string>, ...names: ReadonlyArray<string>): number =>
  names.map((name) => header.indexOf(name)).find((at) => at >= 0) ?? -1

const kindsOf = (columns: Readonly<Partial<Record<FactKind, number>>>): ReadonlyArray<FactKind> =>
  (Object.keys(columns) as Array<FactKind>).filter((kind) => columns[kind]! >= 0)

const headed = (fields: ReadonlyArray<string>): CsvShape | undefined => {
  const header = fields.map((field) => field.toLowerCase())
  const network = column(header, "network")
  const [first, last] = [column(header, "ip_range_start"), column(header, "ip_range_end")]
  if (network < 0 && (first < 0 || last < 0)) return undefined
  const located = column(header, "geoname_id")
  const registered = column(header, "registered_country_geoname_id")
  const columns = {
    asn: column(header, "autonomous_system_number", "asn"),
    org: column(header, "autonomous_system_organization", "org"),
    country_located: column(header, "country_code", "country"),
    city: column(header, "city"),
    coordinates: column(header, "latitude")
  }
  const longitude = column(header, "longitude")
  const ofCities = header.includes("postal_code") || header.includes("latitude")
  const kinds = located < 0
    ? kindsOf(columns)
    : (["country_located", "country_registered", ...(ofCities ? ["city" as const] : []), ...(columns.coordinates >= 0 ? ["coordinates" as const] : [])] as const)
  if (kinds.length === 0) return undefined
  return {
    kinds,
    hasHeader: true,
    rangeFields: Math.max(network, first, last) + 1,
    range: network >= 0 ? (row) => rangeOfBlock(row[network] ?? "") : (row) => rangeBetween(row[first] ?? "", row[last] ?? ""),
    place: (row) => ({
      asn: asnOf(row[columns.asn]),
      org: textOf(row[columns.org]),
      countryLocated: countryOf(row[columns.country_located]),
      countryRegistered: null,
      city: textOf(row[columns.city]),
      coordinates: coordinatesOf(textOf(row[columns.city]), row[columns.coordinates], row[longitude])
    }),
    locations: located >= 0 ? { located, registered, latitude: columns.coordinates, longitude } : null
  }
}

/** The files of ip-location-db have no header; how many fields there are tells which kind it is. */
const headless = (fields: ReadonlyArray<string>): CsvShape | undefined => {
  if (rangeBetween(fields[0] ?? "", fields[1] ?? "") === undefined) return undefined
  const shape = (kinds: ReadonlyArray<FactKind>, place: (row: ReadonlyArray<string>) => Partial<Place>): CsvShape => ({
    kinds,
    hasHeader: false,
    rangeFields: 2,
    range: (row) => rangeBetween(row[0] ?? "", row[1] ?? ""),
    place: (row) => ({ ...nowhere, ...place(row) }),
    locations: null
  })
  if (fields.length === 3) return shape(["country_located"], (row) => ({ countryLocated: countryOf(row[2]) }))
  if (fields.length === 4) return shape(["asn", "org"], (row) => ({ asn: asnOf(row[2]), org: textOf(row[3]) }))
  if (fields.length === 10) {
    return shape(["country_located", "city", "coordinates"], (row) => {
      const city = textOf(row[5])
      return { countryLocated: countryOf(row[2]), city, coordinates: coordinatesOf(city, row[7], row[8]) }
    })
  }
  return undefined
}

/**
 * How a file is to be read, by its first record: MaxMind's GeoLite2 blocks
 * (country, city, ASN), the headless files of ip-location-db (country, city,
 * ASN; addresses or numbers), or `simnet --geo`. Undefined for anything else.
 */
export const shapeOf = (first: ReadonlyArray<string>): CsvShape | undefined => headed(first) ?? headless(first)
