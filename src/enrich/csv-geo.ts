import { Effect, FileSystem } from "effect"
import { join, dirname } from "node:path"
import { rangeText } from "../domain/address-range.ts"
import { CsvRecords, fieldsOf } from "../domain/csv-records.ts"
import { coordinatesOf, countryOf, type CsvShape, nowhere, type Place, shapeOf, textOf } from "./csv-shape.ts"
import { EnrichError } from "./enrich-error.ts"
import type { GeoFile, PlacedBlock } from "./geo-file.ts"
import { type FileFacts, readPieces } from "./read-pieces.ts"
import { RangeMatch } from "./range-match.ts"

/** MaxMind's list of places for a file of blocks: `GeoLite2-City-Blocks-IPv4.csv` has `GeoLite2-City-Locations-en.csv`. */
const locationsFile = (blocks: string): string | undefined => {
  const name = blocks.replace(/^.*[/\\]/, "").replace(/-Blocks-IPv[46]\.csv$/i, "-Locations-en.csv")
  return blocks.endsWith(name) ? undefined : join(dirname(blocks), name)
}

const badFormat = (file: string, why: string): EnrichError =>
  new EnrichError({ reason: "bad format", file, message: `${file} ${why}` })

/** Feeds a file's records to `use`, which says false when it has seen enough. */
const forEachRecord = Effect.fnUntraced(function*(path: string, use: (record: string) => boolean) {
  const records = new CsvRecords()
  let goesOn = true
  yield* readPieces(path, (text) => {
    for (const record of records.push(text)) {
      goesOn = use(record)
      if (!goesOn) break
    }
    return goesOn
  })
  if (goesOn) records.end().every(use)
  return records.overlong
})

const firstRecord = Effect.fnUntraced(function*(path: string) {
  let first: string | undefined
  yield* forEachRecord(path, (record) => {
    first = record
    return false
  })
  return first
})

interface Row extends Place {
  /** Numbers of MaxMind's places, until they are looked up. */
  readonly located: string
  readonly registered: string
  /** Of the block, as the file has them. */
  readonly latitude: string
  readonly longitude: string
}

/** The fields in front; of millions of records nothing else is of interest. */
const firstFields = (record: string, count: number): ReadonlyArray<string> => {
  const fields = record.split(",", count)
  return fields.some((field) => field.includes('"')) ? fieldsOf(record) : fields.map((field) => field.trim())
}

/** The rows of those ranges that hold addresses. */
const matchRows = Effect.fnUntraced(function*(file: FileFacts, shape: CsvShape, addresses: ReadonlyArray<string>) {
  const match = new RangeMatch<Row>(addresses)
  let [line, unreadable] = [0, 0]
  const overlong = yield* forEachRecord(file.path, (record) => {
    if (line++ === 0 && shape.hasHeader) return true
    const range = shape.range(firstFields(record, shape.rangeFields))
    if (range === undefined) unreadable++
    else if (match.holds(range)) {
      const row = fieldsOf(record)
      match.add(range, {
        ...shape.place(row),
        located: row[shape.locations?.located ?? -1] ?? "",
        registered: row[shape.locations?.registered ?? -1] ?? "",
        latitude: row[shape.locations?.latitude ?? -1] ?? "",
        longitude: row[shape.locations?.longitude ?? -1] ?? ""
      })
    }
    return true
  })
  return { found: match.found, unreadable: unreadable + overlong }
})

/** Country and city of those of MaxMind's places that are asked for. */
const readLocations = Effect.fnUntraced(function*(path: string, wanted: ReadonlySet<string>) {
  const places = new Map<string, { readonly country: string | null; readonly city: string | null }>()
  let header: ReadonlyArray<string> | undefined
  yield* forEachRecord(path, (record) => {
    const fields = fieldsOf(record)
    if (header === undefined) {
      header = fields
      return header.includes("geoname_id")
    }
    const id = fields[header.indexOf("geoname_id")]
    if (id !== undefined && wanted.has(id)) {
      places.set(id, {
        country: countryOf(fields[header.indexOf("country_iso_code")]),
        city: textOf(fields[header.indexOf("city_name")])
      })
    }
    return true
  })
  return places
})

const placesOfRows = Effect.fnUntraced(function*(path: string, rows: ReadonlyArray<Row>) {
  const wanted = new Set(rows.flatMap(({ located, registered }) => [located, registered]).filter((id) => id !== ""))
  const places = yield* readLocations(path, wanted)
  return (row: Row): Place => {
    const city = places.get(row.located)?.city ?? null
    return {
      ...nowhere,
      countryLocated: places.get(row.located)?.country ?? null,
      countryRegistered: places.get(row.registered)?.country ?? null,
      city,
      coordinates: coordinatesOf(city, row.latitude, row.longitude)
    }
  }
})

/** A CSV file of places or systems; see `shapeOf` for what it may look like. */
export const openCsv = Effect.fnUntraced(function*(file: FileFacts) {
  const fs = yield* FileSystem.FileSystem
  const first = yield* firstRecord(file.path)
  const shape = first === undefined ? undefined : shapeOf(fieldsOf(first))
  if (shape === undefined) {
    return yield* badFormat(
      file.path,
      "is no CSV file that is known here: expected MaxMind's GeoLite2 blocks, an ip-location-db file, or the header network,country,city,asn,org."
    )
  }
  const locations = shape.locations === null ? undefined : locationsFile(file.path)
  if (shape.locations !== null && (locations === undefined || !(yield* Effect.orElseSucceed(fs.exists(locations), () => false)))) {
    return yield* badFormat(file.path, `names places by numbers: put MaxMind's file ${
      locations ?? "…-Locations-en.csv"
    } beside it, under its original name.`)
  }
  const geo: GeoFile<FileSystem.FileSystem> = {
    name: file.name,
    lookUp: Effect.fnUntraced(function*(addresses) {
      const { found, unreadable } = yield* matchRows(file, shape, addresses)
      const rows = [...found.values()].map(({ value }) => value)
      const placeOf = locations === undefined ? (row: Row): Place => row : yield* placesOfRows(locations, rows)
      const placed = [...found].map(([address, { range, value }]): [string, PlacedBlock] => {
        const { asn, city, coordinates, countryLocated, countryRegistered, org } = placeOf(value)
        return [address, { asn, city, coordinates, countryLocated, countryRegistered, org, block: rangeText(range) }]
      })
      return {
        kinds: shape.kinds,
        found: new Map(placed),
        dataAt: file.modifiedAt,
        notes: unreadable === 0 ? [] : [`${file.name}: ${unreadable} lines could not be read`]
      }
    })
  }
  return geo
})
