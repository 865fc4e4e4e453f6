import { mkdirSync, utimesSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { lookUp, said } from "../support/enriching.ts"
import { mmdbFile } from "../support/mmdb-writer.ts"
import { temporaryFolder } from "../support/small-database.ts"

/** Files in a folder of the test's own, and a way to name them. */
const filesOf = (files: Readonly<Record<string, string | Buffer>>) =>
  Effect.map(temporaryFolder, (folder) => {
    for (const [name, content] of Object.entries(files)) {
      if (name.includes("/")) mkdirSync(`${folder}/${name.split("/")[0]}`, { recursive: true })
      writeFileSync(`${folder}/${name}`, content)
      utimesSync(`${folder}/${name}`, 1_700_000_000, 1_700_000_000)
    }
    return (name: string) => `${folder}/${name}`
  })

const maxmindCity = {
  "GeoLite2-City-Blocks-IPv4.csv": [
    "network,geoname_id,registered_country_geoname_id,represented_country_geoname_id,is_anonymous_proxy,is_satellite_provider,postal_code,latitude,longitude,accuracy_radius,is_anycast",
    "192.0.2.0/25,11,22,,0,0,1000,47.9,7.8,20,",
    "192.0.2.128/25,,22,,0,0,,,,,",
    "198.51.100.0/24,22,22,,0,0,,46.8,8.2,500,"
  ].join("\n"),
  "GeoLite2-City-Locations-en.csv": [
    "geoname_id,locale_code,continent_code,continent_name,country_iso_code,country_name,subdivision_1_iso_code,subdivision_1_name,subdivision_2_iso_code,subdivision_2_name,city_name,metro_code,time_zone,is_in_european_union",
    '11,en,EU,Europe,DE,Germany,BW,"Baden, the west",,,"Freiburg, Breisgau",,Europe/Berlin,1',
    "22,en,EU,Europe,CH,Switzerland,,,,,,,Europe/Zurich,0"
  ].join("\n")
}

describe("geo files", () => {
  it.effect("of MaxMind in CSV give place and registered country apart, through their list of locations", () =>
    Effect.gen(function*() {
      const file = yield* filesOf(maxmindCity)
      const name = "GeoLite2-City-Blocks-IPv4.csv"
      const addresses = ["192.0.2.1", "192.0.2.200", "198.51.100.7", "203.0.113.1", "2001:db8::1"]
      const { facts } = yield* lookUp(addresses, { geoFiles: [file(name)] })
      expect(said(facts, "192.0.2.1")).toEqual([`city ${name}: Freiburg, Breisgau`, `coordinates ${name}: 47.9,7.8`, `country_located ${name}: DE`, `country_registered ${name}: CH`])
      expect(said(facts, "192.0.2.200")).toEqual([`city ${name}: (no data)`, `coordinates ${name}: (no data)`, `country_located ${name}: (no data)`, `country_registered ${name}: CH`])
      // The middle of a country is no place.
      expect(said(facts, "198.51.100.7").slice(1, 3)).toEqual([`coordinates ${name}: (no data)`, `country_located ${name}: CH`])
      expect(said(facts, "2001:db8::1")).toEqual(["city", "coordinates", "country_located", "country_registered"].map((fact) => `${fact} ${name}: (no data)`))
      const [one] = facts
      expect(one).toMatchObject({ block: "192.0.2.0/25", source: { kind: "geo file", rank: 1, dataAt: 1_700_000_000_000 } })
    }))

  it.effect("of MaxMind in CSV are refused where their list of locations is missing, and countries speak of no cities", () =>
    Effect.gen(function*() {
      const file = yield* filesOf({
        "GeoLite2-City-Blocks-IPv4.csv": maxmindCity["GeoLite2-City-Blocks-IPv4.csv"],
        "GeoLite2-Country-Blocks-IPv6.csv": "network,geoname_id,registered_country_geoname_id,represented_country_geoname_id,is_anonymous_proxy,is_satellite_provider,is_anycast\n2001:db8::/33,11,11,,0,0,",
        "GeoLite2-Country-Locations-en.csv": "geoname_id,locale_code,continent_code,continent_name,country_iso_code,country_name,is_in_european_union\n11,en,EU,Europe,DE,Germany,1",
        "GeoLite2-ASN-Blocks-IPv4.csv": 'network,autonomous_system_number,autonomous_system_organization\n192.0.2.0/24,64500,"Example, Inc."'
      })
      const error = yield* Effect.flip(lookUp([], { geoFiles: [file("GeoLite2-City-Blocks-IPv4.csv")] }))
      expect(error).toMatchObject({ reason: "bad format", message: expect.stringContaining("GeoLite2-City-Locations-en.csv") })
      const [country, asn] = ["GeoLite2-Country-Blocks-IPv6.csv", "GeoLite2-ASN-Blocks-IPv4.csv"]
      const { facts } = yield* lookUp(["2001:db8::1", "192.0.2.1"], { geoFiles: [file(country), file(asn)] })
      expect(said(facts, "2001:db8::1")).toEqual([
        `asn ${asn}: (no data)`,
        `country_located ${country}: DE`,
        `country_registered ${country}: DE`,
        `org ${asn}: (no data)`
      ])
      expect(said(facts, "192.0.2.1").filter((line) => line.includes(asn))).toEqual([`asn ${asn}: 64500`, `org ${asn}: Example, Inc.`])
    }))

  it.effect("of ip-location-db have no header, and addresses or numbers as ends", () =>
    Effect.gen(function*() {
      const file = yield* filesOf({
        "country.csv": "192.0.2.0,192.0.2.99,AU\n2001:db8::,2001:db8::ffff,JP\n",
        "country-num.csv": "3221225984,3221226083,AU\r\n42540766411282592856903984951653826560,42540766411282592856903984951653892095,JP\r\n",
        "asn.csv": '192.0.2.0,192.0.2.255,64500,"Example, Inc."\n192.0.2.7,192.0.2.7,64501,Inner\n',
        "city.csv": "192.0.2.0,192.0.2.255,US,Ohio,Franklin,Columbus,43004,39.96,-82.99,America/New_York\n"
      })
      for (const name of ["country.csv", "country-num.csv"]) {
        const { facts } = yield* lookUp(["192.0.2.1", "192.0.2.100", "2001:db8::9"], { geoFiles: [file(name)] })
        expect(facts.map(({ answers, block }) => [answers[0], block])).toEqual([
          ["AU", "192.0.2.0-192.0.2.99"],
          [undefined, null],
          ["JP", "2001:db8::/112"]
        ])
      }
      const { facts } = yield* lookUp(["192.0.2.7"], { geoFiles: [file("asn.csv"), file("city.csv")] })
      expect(said(facts, "192.0.2.7").filter((line) => !line.startsWith("cloud"))).toEqual([
        "asn asn.csv: 64501",
        "city city.csv: Columbus",
        "coordinates city.csv: 40.0,-83.0",
        "country_located city.csv: US",
        "org asn.csv: Inner"
      ])
    }))

  it.effect("whose names say that they hold the registry's countries are not taken for places", () =>
    Effect.gen(function*() {
      const names = ["asn-country-ipv4.csv", "iptoasn-country-ipv4-num.csv", "geo-whois-asn-country.mmdb", "dbip-country-ipv4.csv"]
      const file = yield* filesOf({
        [names[0]!]: "192.0.2.0,192.0.2.255,AU\n",
        [names[1]!]: "3221225984,3221226239,AU\n",
        [names[2]!]: mmdbFile({ type: "country", ipVersion: 6, builtAt: 1, blocks: { "192.0.2.0/24": { country_code: "AU" } } }),
        [names[3]!]: "192.0.2.0,192.0.2.255,AU\n"
      })
      const { facts } = yield* lookUp(["192.0.2.1", "198.51.100.1"], { geoFiles: names.map(file) })
      expect(said(facts, "192.0.2.1")).toEqual([
        `country_located ${names[3]}: AU`,
        ...names.slice(0, 3).map((name) => `country_registered ${name}: AU`).toSorted()
      ])
      expect(said(facts, "198.51.100.1")).toContain(`country_registered ${names[0]}: (no data)`)
    }))

  it.effect("with lines that say nothing are read for the rest, and the lines are counted", () =>
    Effect.gen(function*() {
      const file = yield* filesOf({
        "geo.csv": 'network,country,city,asn,org\nnonsense,DE,,,\n192.0.2.0/24,ZZ,,4294967296,"A ""b"""\n192.0.2.0/99,DE,,,\n198.51.100.0/24,de,,AS64500,\n'
      })
      const { facts, report } = yield* lookUp(["192.0.2.1", "198.51.100.1"], { geoFiles: [file("geo.csv")] })
      expect(report.notes).toEqual(["geo.csv: 2 lines could not be read"])
      expect(said(facts, "192.0.2.1")).toEqual([
        "asn geo.csv: (no data)",
        "city geo.csv: (no data)",
        "country_located geo.csv: (no data)",
        'org geo.csv: A "b"'
      ])
      expect(said(facts, "198.51.100.1")).toContain("asn geo.csv: 64500")
      expect(said(facts, "198.51.100.1")).toContain("country_located geo.csv: DE")
    }))

  it.effect("in MaxMind's binary form give what their records have, of IPv4 and IPv6", () =>
    Effect.gen(function*() {
      const berlin = {
        country: { iso_code: "DE", names: { en: "Germany" } },
        registered_country: { iso_code: "US" },
        city: { names: { en: "Berlin", de: "Berlin" } },
        location: { latitude: 52.5196, longitude: 13.4069, accuracy_radius: 20 }
      }
      const file = yield* filesOf({
        "city.mmdb": mmdbFile({ type: "GeoLite2-City", ipVersion: 6, builtAt: 1_750_000_000, blocks: { "192.0.2.0/24": berlin, "2001:db8::/32": { country: { iso_code: "JP" }, location: { latitude: 35.69, longitude: 139.69 } } } }),
        "asn.mmdb": mmdbFile({
          type: "GeoLite2-ASN",
          ipVersion: 4,
          builtAt: 1_750_000_000,
          blocks: { "192.0.2.0/25": { autonomous_system_number: 4_200_000_000, autonomous_system_organization: "Größe AG" } }
        }),
        "flat.mmdb": mmdbFile({ type: "ip-location-db", ipVersion: 6, builtAt: 1, blocks: { "192.0.2.0/24": { country_code: "FR", city: "Paris", latitude: 48.8566, longitude: -0.04 } } })
      })
      // c000:201:: begins with the bits of 192.0.2.1, which a database of IPv4 alone must not be asked for.
      const { facts } = yield* lookUp(["192.0.2.1", "192.0.2.200", "2001:db8::5", "c000:201::"], {
        geoFiles: [file("city.mmdb"), file("asn.mmdb"), file("flat.mmdb")]
      })
      expect(said(facts, "192.0.2.1").filter((line) => !line.startsWith("cloud"))).toEqual([
        "asn asn.mmdb: 4200000000",
        "city city.mmdb: Berlin",
        "city flat.mmdb: Paris",
        "coordinates city.mmdb: 52.5,13.4",
        "coordinates flat.mmdb: 48.9,0.0",
        "country_located city.mmdb: DE",
        "country_located flat.mmdb: FR",
        "country_registered city.mmdb: US",
        "org asn.mmdb: Größe AG"
      ])
      expect(said(facts, "2001:db8::5")).toEqual([
        "asn asn.mmdb: (no data)",
        "city city.mmdb: (no data)",
        "city flat.mmdb: (no data)",
        "coordinates city.mmdb: (no data)",
        "coordinates flat.mmdb: (no data)",
        "country_located city.mmdb: JP",
        "country_located flat.mmdb: (no data)",
        "country_registered city.mmdb: (no data)",
        "org asn.mmdb: (no data)"
      ])
      expect(said(facts, "c000:201::")).toContain("asn asn.mmdb: (no data)")
      const found = facts.find(({ address, fact }) => address === "192.0.2.200" && fact === "city")
      expect(found).toMatchObject({ block: "192.0.2.0/24", source: { dataAt: 1_750_000_000_000, rank: 1 } })
      expect(facts.find(({ address, fact }) => address === "192.0.2.200" && fact === "asn")).toMatchObject({ answers: [], reason: "no data" })
    }))

  it.effect("whose coordinates are none on earth, or stand for not knowing, have a city without a place", () =>
    Effect.gen(function*() {
      const at = (latitude: string, longitude: string) => `Somewhere,${latitude},${longitude}`
      const bad = [at("", "1"), at("91", "1"), at("1", "181"), at("0", "0"), at("-0.01", "0.04"), at("1e1", "1"), at("NaN", "1"), at("12;DROP", "1")]
      const good = [at("-33.86", "151.2"), at("90", "-180"), at("0.06", "0")]
      const file = yield* filesOf({
        "geo.csv": ["network,country,city,latitude,longitude", ...[...bad, ...good].map((row, i) => `192.0.2.${i}/32,AU,${row}`)].join("\n")
      })
      const { facts } = yield* lookUp([...bad, ...good].map((_, i) => `192.0.2.${i}`), { geoFiles: [file("geo.csv")] })
      const coordinates = facts.filter(({ fact }) => fact === "coordinates").map(({ answers }) => answers[0])
      expect(coordinates).toEqual([...bad.map(() => undefined), "-33.9,151.2", "90.0,-180.0", "0.1,0.0"])
    }))

  it.effect("that are none, or damaged, are refused with a sentence", () =>
    Effect.gen(function*() {
      const whole = mmdbFile({ type: "GeoLite2-Country", ipVersion: 4, builtAt: 1, blocks: { "192.0.2.0/24": { country: { iso_code: "DE" } } } })
      const damaged = Buffer.from(whole)
      damaged.fill(0xff, 0, 60)
      const file = yield* filesOf({
        "text.mmdb": "no database",
        "cut.mmdb": whole.subarray(-40),
        "damaged.mmdb": damaged,
        "other.csv": "name,value\na,1\n",
        "empty.csv": "",
        "five.csv": "192.0.2.0,192.0.2.1,a,b,c\n",
        "a/geo.csv": "network,country\n",
        "b/geo.csv": "network,country\n"
      })
      const errorOf = (...names: ReadonlyArray<string>) =>
        Effect.map(Effect.flip(lookUp(["192.0.2.1"], { geoFiles: names.map(file) })), ({ message, reason }) => ({ message, reason }))
      for (const name of ["text.mmdb", "damaged.mmdb", "other.csv", "empty.csv", "five.csv"]) {
        const { message, reason } = yield* errorOf(name)
        expect([name, reason, message.includes(name)]).toEqual([name, "bad format", true])
      }
      expect((yield* errorOf("cut.mmdb")).reason).toBe("bad format")
      expect((yield* errorOf("missing.csv")).reason).toBe("not found")
      expect((yield* errorOf("a/geo.csv", "b/geo.csv")).message).toContain("called geo.csv")
    }))
})
