import { Clock, Context, Effect, type FileSystem, Layer } from "effect"
import { ipVersion } from "../domain/address.ts"
import type { AddressFact, FactKind, FactSource, HostAddresses } from "../domain/address-fact.ts"
import { Resolver } from "../transport/resolver.ts"
import { cloudTable, providerOfAsn } from "./cloud-table.ts"
import { type CloudBlock, type CloudRanges, readCloudRanges } from "./cloud-ranges.ts"
import { openCsv } from "./csv-geo.ts"
import { EnrichError } from "./enrich-error.ts"
import { asNamed, type GeoFile, type GeoFindings, type PlacedBlock } from "./geo-file.ts"
import { cymruFacts, type LookupOptions, makeLookups } from "./lookups.ts"
import { openMmdb } from "./mmdb-geo.ts"
import { RangeMatch } from "./range-match.ts"
import { fileFacts } from "./read-pieces.ts"

export interface EnricherOptions extends LookupOptions {
  /** Whom to ask for systems and registry countries. */
  readonly asn: "cymru" | "off"
  /** Ask for reverse names. */
  readonly ptr: boolean
  /** Geo files, the one to be believed first in front. */
  readonly geoFiles: ReadonlyArray<string>
  readonly cloudRanges: ReadonlyArray<string>
}

/** An address to look up, with what is known of it and still fresh: that is not asked for again. */
export interface Subject {
  readonly address: string
  readonly known: ReadonlyArray<AddressFact>
}

export interface LookUpReport {
  readonly addresses: number
  /** Facts found: rows with an answer. */
  readonly answered: number
  /** What a user should know about the files. */
  readonly notes: ReadonlyArray<string>
}

export interface EnricherShape {
  /**
   * Looks up addresses in all sources and hands the facts over in portions, so
   * that little is lost when it is interrupted. Each source has one fact for
   * each address and kind it speaks of: answers, or a reason why there are none.
   */
  readonly lookUp: <E>(
    subjects: ReadonlyArray<Subject>,
    save: (facts: ReadonlyArray<AddressFact>) => Effect.Effect<void, E>
  ) => Effect.Effect<LookUpReport, EnrichError | E>
  /** The addresses of a name that was dialled through a proxy: what a resolver says now. */
  readonly addressesOf: (host: string) => Effect.Effect<HostAddresses>
}

/** What is known about addresses from elsewhere: registries, geo files, clouds, reverse DNS. */
export class Enricher extends Context.Service<Enricher, EnricherShape>()("electrum-observatory/Enricher") {
  /** Files and DNS. Files are looked at when the layer is built: a wrong one fails before anything is asked. */
  static readonly layer = (
    options: EnricherOptions
  ): Layer.Layer<Enricher, EnrichError, Resolver | FileSystem.FileSystem> => Layer.effect(Enricher, make(options))

  /** Knows what it is told, for tests. */
  static readonly layerFacts = (
    facts: ReadonlyArray<AddressFact>,
    hosts: ReadonlyArray<HostAddresses> = []
  ): Layer.Layer<Enricher> =>
    Layer.succeed(Enricher, {
      lookUp: (subjects, save) => {
        const found = facts.filter(({ address }) => subjects.some((subject) => subject.address === address))
        return Effect.as(save(found), {
          addresses: subjects.length,
          answered: found.filter(({ reason }) => reason === null).length,
          notes: []
        })
      },
      addressesOf: (host) =>
        Effect.succeed(
          hosts.find((known) => known.host === host) ??
            { host, addresses: [], reason: "no data", detail: null, resolvedAt: 0 }
        )
    })
}

/** Largest file we begin to read, in bytes. */
const maxFileBytes = 8_000_000_000

/** Addresses whose facts are handed over together. */
const portion = 32
/** Addresses asked about at a time; how often is the pace's matter. */
const atATime = 8

const openGeoFile = Effect.fnUntraced(function*(path: string) {
  const file = yield* fileFacts(path, maxFileBytes)
  return yield* /\.mmdb$/i.test(path) ? openMmdb(file) : openCsv(file)
})

/** Facts are stored with the file's name: two of one name could not be told apart. */
const checkNames = (kind: string, paths: ReadonlyArray<string>, names: ReadonlyArray<string>): Effect.Effect<void, EnrichError> => {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  return twice === undefined ? Effect.void : Effect.fail(new EnrichError({
    reason: "bad format",
    file: paths[names.lastIndexOf(twice)]!,
    message: `Two files of ${kind} are called ${twice}: give them different names.`
  }))
}

const answersOf = (kind: FactKind, place: PlacedBlock | undefined): ReadonlyArray<string> => {
  if (place === undefined) return []
  const value = {
    asn: place.asn,
    org: place.org,
    country_located: place.countryLocated,
    country_registered: place.countryRegistered,
    city: place.city,
    coordinates: place.coordinates,
    cloud_provider: null,
    ptr: null
  }[kind]
  return value === null ? [] : [value]
}

/** What a geo file says, as facts; of kinds it speaks of it says `no data` where it has none. */
const placedFacts = (
  addresses: ReadonlyArray<string>,
  source: FactSource,
  { found, kinds }: GeoFindings,
  lookedUpAt: number
): ReadonlyArray<AddressFact> =>
  addresses.flatMap((address) => {
    const place = found.get(address)
    return kinds.map((fact): AddressFact => {
      const answers = answersOf(fact, place)
      const reason = answers.length > 0 ? null : "no data"
      return { address, fact, source, answers, reason, detail: null, block: place?.block ?? null, lookedUpAt }
    })
  })

const cloudFacts = (
  addresses: ReadonlyArray<string>,
  ranges: CloudRanges,
  rank: number,
  lookedUpAt: number
): ReadonlyArray<AddressFact> => {
  const match = new RangeMatch<CloudBlock>(addresses)
  for (const block of ranges.blocks) match.add(block.range, block)
  const source: FactSource = { kind: "cloud ranges", name: ranges.name, rank, dataAt: ranges.dataAt }
  return addresses.map((address): AddressFact => {
    const found = match.found.get(address)?.value
    return {
      address,
      fact: "cloud_provider",
      source,
      answers: found === undefined ? [] : [found.provider],
      reason: found === undefined ? "no data" : null,
      detail: found?.detail ?? null,
      block: found?.block ?? null,
      lookedUpAt
    }
  })
}

/** Ranges that providers publish are believed before a table by systems. */
const tableRank = 1000

const tableSource: FactSource = {
  kind: "cloud table",
  name: "cloud-asns.json",
  rank: tableRank,
  dataAt: Date.parse(cloudTable.source.read)
}

/** What our own table says of the system that the best source names; none where no system is known. */
const tableFacts = (address: string, facts: ReadonlyArray<AddressFact>, lookedUpAt: number): ReadonlyArray<AddressFact> => {
  const origin = facts
    .filter((fact) => fact.fact === "asn" && fact.answers.length > 0)
    .toSorted((a, b) => a.source.rank - b.source.rank)[0]
  if (origin === undefined) return []
  const providers = [...new Set(origin.answers.flatMap((asn) => providerOfAsn(asn) ?? []))]
  const detail = `AS${origin.answers.join(" AS")}`
  const reason = providers.length > 0 ? null : "no data"
  return [{ address, fact: "cloud_provider", source: tableSource, answers: providers, reason, detail, block: origin.block, lookedUpAt }]
}

const make = Effect.fnUntraced(function*(options: EnricherOptions) {
  const lookups = yield* makeLookups(yield* Resolver, options)
  const services = yield* Effect.context<FileSystem.FileSystem>()
  const geoFiles: ReadonlyArray<GeoFile<FileSystem.FileSystem>> = yield* Effect.forEach(options.geoFiles, openGeoFile)
  yield* checkNames("--geoip", options.geoFiles, geoFiles.map(({ name }) => name))
  const clouds = yield* Effect.forEach(options.cloudRanges, (path) => Effect.flatMap(fileFacts(path, maxFileBytes), readCloudRanges))
  yield* checkNames("--cloud-ranges", options.cloudRanges, clouds.map(({ name }) => name))

  /** One file after the other, for all addresses at once. */
  const fromFiles = Effect.fnUntraced(function*(addresses: ReadonlyArray<string>) {
    const facts: Array<AddressFact> = []
    const notes = clouds.flatMap((ranges) => ranges.notes)
    for (const [i, file] of geoFiles.entries()) {
      const findings = asNamed(file.name, yield* Effect.provideContext(file.lookUp(addresses), services))
      const source: FactSource = { kind: "geo file", name: file.name, rank: i + 1, dataAt: findings.dataAt }
      facts.push(...placedFacts(addresses, source, findings, yield* Clock.currentTimeMillis))
      notes.push(...findings.notes)
    }
    const now = yield* Clock.currentTimeMillis
    for (const [i, ranges] of clouds.entries()) facts.push(...cloudFacts(addresses, ranges, i + 1, now))
    return { facts: Map.groupBy(facts, (fact) => fact.address), notes }
  })

  const isKnown = ({ known }: Subject, source: FactSource["kind"], kinds: ReadonlyArray<FactKind>): boolean =>
    kinds.every((kind) => known.some(({ fact, source: { kind: from } }) => fact === kind && from === source))

  const factsOf = Effect.fnUntraced(function*(subject: Subject, fromFiles: ReadonlyArray<AddressFact>) {
    const { address, known } = subject
    const asked = [
      ...(options.asn === "off" || isKnown(subject, "cymru", cymruFacts) ? [] : yield* lookups.cymru(address)),
      ...(!options.ptr || isKnown(subject, "reverse dns", ["ptr"]) ? [] : yield* lookups.names(address))
    ]
    const fresh = [...fromFiles, ...asked]
    return [...fresh, ...tableFacts(address, [...fresh, ...known], yield* Clock.currentTimeMillis)]
  })

  return Enricher.of({
    lookUp: Effect.fn("Enricher.lookUp")(function*(subjects, save) {
      const sound = subjects.filter(({ address }) => ipVersion(address) !== undefined)
      const { facts, notes } = yield* fromFiles(sound.map(({ address }) => address))
      let answered = 0
      for (let from = 0; from < sound.length; from += portion) {
        const found = yield* Effect.forEach(
          sound.slice(from, from + portion),
          (subject) => factsOf(subject, facts.get(subject.address) ?? []),
          { concurrency: atATime }
        )
        yield* save(found.flat())
        answered += found.flat().filter(({ reason }) => reason === null).length
      }
      return { addresses: sound.length, answered, notes }
    }),
    addressesOf: Effect.fn("Enricher.addressesOf")(lookups.addresses)
  })
})
