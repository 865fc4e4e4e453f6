import type { Effect } from "effect"
import type { FactKind } from "../domain/address-fact.ts"
import type { Place } from "./csv-shape.ts"
import type { EnrichError } from "./enrich-error.ts"

/** A place with the block of addresses it is said of. */
export interface PlacedBlock extends Place {
  readonly block: string
}

/** What a geo file says about some addresses. */
export interface GeoFindings {
  /** What the file speaks of at all: of these it says nothing about addresses that are not in `found`. */
  readonly kinds: ReadonlyArray<FactKind>
  readonly found: ReadonlyMap<string, PlacedBlock>
  /** Date of the data, milliseconds since 1970. */
  readonly dataAt: number | null
  /** What a user should know, e.g. how many lines could not be read. */
  readonly notes: ReadonlyArray<string>
}

/** A geo file that has been looked at: it is there and of a shape we know. */
export interface GeoFile<R> {
  /** Without its folder. */
  readonly name: string
  /** Reads it for these addresses; little is kept in memory of it before or after. */
  readonly lookUp: (addresses: ReadonlyArray<string>) => Effect.Effect<GeoFindings, EnrichError, R>
}

/**
 * Some files of ip-location-db say in which country an address or its system is
 * registered, and nothing but their names tells: `asn-country`, `iptoasn-country`,
 * `geo-whois-asn-country` and the like.
 */
const holdsRegistry = (name: string): boolean => /(?:asn|whois)-country/i.test(name)

/** Findings of a file with its countries as what they are by its name. */
export const asNamed = (name: string, findings: GeoFindings): GeoFindings =>
  !holdsRegistry(name) ? findings : {
    ...findings,
    kinds: findings.kinds.map((kind) => kind === "country_located" ? "country_registered" : kind),
    found: new Map([...findings.found].map(([address, place]) => [
      address,
      { ...place, countryLocated: null, countryRegistered: place.countryRegistered ?? place.countryLocated }
    ]))
  }
