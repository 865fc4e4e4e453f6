import { sha256Hex } from "../../domain/sha256.ts"
import cities from "./places.json" with { type: "json" }

interface City {
  readonly name: string
  /** Degrees, to a tenth. */
  readonly latitude: number
  readonly longitude: number
}

/** Cities where simulated servers stand, by country: real ones, so that a map of an invented world looks like one. */
const citiesOf = new Map(Object.entries(cities).map(([country, some]) => [
  country,
  some.map(([name, latitude, longitude]): City => ({ name: String(name), latitude: Number(latitude), longitude: Number(longitude) }))
]))

/** A city for an address of which only the country is given: invented, and the same for the same address; null in countries without one here. */
export const drawnCity = (country: string | null, network: string): string | null => {
  const some = citiesOf.get(country ?? "")
  return some === undefined ? null : some[Number.parseInt(sha256Hex(network).slice(0, 8), 16) % some.length]!.name
}

/** Where a city is, as a geo file says it; undefined for one that is not known here. */
export const placeOf = (country: string | null, city: string | null): City | undefined =>
  citiesOf.get(country ?? "")?.find(({ name }) => name === city)
