import { Effect, FileSystem, Option, Schema } from "effect"
import { Reader, type Response } from "mmdb-lib"
import { addressBlock, ipVersion } from "../domain/address.ts"
import type { FactKind } from "../domain/address-fact.ts"
import { asnOf, coordinatesOf, countryOf, type Place, textOf } from "./csv-shape.ts"
import { EnrichError } from "./enrich-error.ts"
import type { GeoFile, PlacedBlock } from "./geo-file.ts"
import { type FileFacts, readWhole } from "./read-pieces.ts"

const Named = Schema.Struct({ names: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)) })
const Located = Schema.Struct({ latitude: Schema.optionalKey(Schema.Unknown), longitude: Schema.optionalKey(Schema.Unknown) })
const Coded = Schema.Struct({ iso_code: Schema.optionalKey(Schema.Unknown) })

/** MaxMind's records (objects with names and codes) and ip-location-db's (flat texts) alike; anything else in them is left out. */
const MmdbRecord = Schema.Struct({
  country: Schema.optionalKey(Schema.Unknown),
  registered_country: Schema.optionalKey(Schema.Unknown),
  city: Schema.optionalKey(Schema.Unknown),
  location: Schema.optionalKey(Schema.Unknown),
  latitude: Schema.optionalKey(Schema.Unknown),
  longitude: Schema.optionalKey(Schema.Unknown),
  country_code: Schema.optionalKey(Schema.Unknown),
  autonomous_system_number: Schema.optionalKey(Schema.Unknown),
  autonomous_system_organization: Schema.optionalKey(Schema.Unknown)
})

const decodeRecord = Schema.decodeUnknownOption(MmdbRecord)
const decodeCoded = Schema.decodeUnknownOption(Coded)
const decodeLocated = Schema.decodeUnknownOption(Located)
const decodeNamed = Schema.decodeUnknownOption(Named)

const scalar = (value: unknown): string | undefined =>
  typeof value === "string" ? value.trim() : typeof value === "number" || typeof value === "bigint" ? String(value) : undefined

const codeOf = (value: unknown): string | undefined =>
  scalar(Option.getOrUndefined(decodeCoded(value))?.iso_code)

const cityOf = (value: unknown): string | undefined =>
  scalar(value) ?? scalar(Option.getOrUndefined(decodeNamed(value))?.names?.["en"])

const placeOf = (record: unknown): Place | undefined => {
  const fields = Option.getOrUndefined(decodeRecord(record))
  if (fields === undefined) return undefined
  const city = textOf(cityOf(fields.city))
  const at = Option.getOrElse(decodeLocated(fields.location), () => fields)
  return {
    asn: asnOf(scalar(fields.autonomous_system_number)),
    org: textOf(scalar(fields.autonomous_system_organization)),
    countryLocated: countryOf(codeOf(fields.country) ?? scalar(fields.country_code)),
    countryRegistered: countryOf(codeOf(fields.registered_country)),
    city,
    coordinates: coordinatesOf(city, scalar(at.latitude), scalar(at.longitude))
  }
}

/** Which column of a place is which fact. */
const columns = {
  asn: "asn",
  org: "org",
  country_located: "countryLocated",
  country_registered: "countryRegistered",
  city: "city",
  coordinates: "coordinates"
} as const satisfies Partial<Record<FactKind, keyof Place>>

/** What a database speaks of: what its type promises, and what its records were seen to have. */
const kindsOf = (type: string, places: ReadonlyArray<Place>): ReadonlyArray<FactKind> => {
  const promised: ReadonlyArray<FactKind> = /asn/i.test(type)
    ? ["asn", "org"]
    : /city/i.test(type) ? ["country_located", "city"] : /country/i.test(type) ? ["country_located"] : []
  const kinds = Object.keys(columns) as Array<keyof typeof columns>
  return kinds.filter((kind) => promised.includes(kind) || places.some((place) => place[columns[kind]] !== null))
}

/** Larger than any such database of 2026; the whole file is held in memory while it is asked. */
const maxBytes = 1_500_000_000

const notMmdb = (file: string, cause: unknown): EnrichError =>
  new EnrichError({
    reason: "bad format",
    file,
    message: `${file} is no MaxMind database: ${cause instanceof Error ? cause.message : String(cause)}`
  })

const marker = Buffer.from("abcdef4d61784d696e642e636f6d", "hex")
/** The metadata is at the end, within so many bytes (MaxMind DB file format specification 2.0). */
const metadataBytes = 131_072

/** Looks for the metadata's mark, so that a wrong file is refused before hours of work and not after. */
const checkMarker = Effect.fnUntraced(function*(file: FileFacts) {
  const fs = yield* FileSystem.FileSystem
  const tail = yield* Effect.scoped(Effect.gen(function*() {
    const handle = yield* fs.open(file.path)
    yield* handle.seek(BigInt(Math.max(0, file.bytes - metadataBytes)), "start")
    return yield* handle.readAlloc(metadataBytes)
  })).pipe(Effect.mapError((error) => notMmdb(file.path, error)))
  if (Option.isNone(tail) || !Buffer.from(tail.value).includes(marker)) {
    return yield* notMmdb(file.path, "its metadata are missing")
  }
})

/** A MaxMind database file (MMDB), read through mmdb-lib. */
export const openMmdb = Effect.fnUntraced(function*(file: FileFacts) {
  yield* checkMarker(file)
  const geo: GeoFile<FileSystem.FileSystem> = {
    name: file.name,
    lookUp: Effect.fnUntraced(function*(addresses) {
      const bytes = yield* readWhole(file.path, maxBytes)
      return yield* Effect.try({
        try: () => {
          const reader = new Reader<Response>(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
          const { buildEpoch, databaseType, ipVersion: held } = reader.metadata
          const found = new Map<string, PlacedBlock>()
          for (const address of addresses) {
            const version = ipVersion(address)!
            if (version === 6 && held === 4) continue
            const [record, length] = reader.getWithPrefixLength(address)
            const place = placeOf(record)
            if (place !== undefined) found.set(address, { ...place, block: addressBlock(address, length, length)! })
          }
          const dataAt = buildEpoch.getTime()
          return {
            kinds: kindsOf(String(databaseType), [...found.values()]),
            found,
            dataAt: Number.isFinite(dataAt) ? dataAt : file.modifiedAt,
            notes: []
          }
        },
        catch: (cause) => notMmdb(file.path, cause)
      })
    })
  }
  return geo
})
