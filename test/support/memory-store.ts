import { Effect, Layer, Option } from "effect"
import { endpointKey } from "../../src/domain/endpoint.ts"
import type { OptOutList } from "../../src/domain/exclusions.ts"
import type { AdvertisedFact, EndpointFact, Fact, LedgerFact, VisitFact } from "../../src/store/facts.ts"
import type { AddressFact, HostAddresses } from "../../src/domain/address-fact.ts"
import type { VisitedHost } from "../../src/store/enrichment-records.ts"
import type { JoinedVisit } from "../../src/store/joined-visits.ts"
import type { StoreError } from "../../src/store/store-error.ts"
import { type CrawlStart, type CrawlState, type KnownEndpoint, Store } from "../../src/store/store.ts"

/** What a crawl handed to the store, for tests that look at facts and not at tables. */
export class MemoryStore {
  readonly units: Array<ReadonlyArray<Fact>> = []
  readonly starts: Array<CrawlStart> = []
  state: CrawlState | null = null
  snapshots = 0
  /** What flushing fails with from now on, as where the disk is full. */
  failure: StoreError | null = null
  readonly forgotten: Array<string> = []
  readonly optOuts: Array<OptOutList> = []
  readonly enriched: Array<AddressFact> = []
  readonly hosts: Array<HostAddresses> = []
  /** What earlier crawls found to be one server. */
  readonly joinedVisits: Array<JoinedVisit> = []

  get facts(): Array<Fact> {
    return this.units.flat()
  }

  get visits(): Array<VisitFact> {
    return this.facts.filter((f) => f._tag === "visit")
  }

  get endpoints(): Array<EndpointFact> {
    return this.facts.filter((f) => f._tag === "endpoint")
  }

  get advertised(): Array<AdvertisedFact> {
    return this.facts.filter((f) => f._tag === "advertised")
  }

  get ledger(): Array<LedgerFact> {
    return this.facts.filter((f) => f._tag === "ledger")
  }

  /** The newest state of every endpoint, by key. */
  fates(): Map<string, string> {
    return new Map(this.endpoints.map((f) => [endpointKey(f.endpoint), [f.state, f.reason, f.detail].filter((x) => x !== null).join(" | ")]))
  }

  #known(): Array<KnownEndpoint> {
    const outcomes = new Map(this.visits.map((f) => [endpointKey(f.visit.endpoint), f.visit]))
    const latest = new Map(this.endpoints.map((f) => [endpointKey(f.endpoint), f]))
    return [...latest].map(([key, fact]) => ({
      endpoint: fact.endpoint,
      state: fact.state,
      reason: fact.reason,
      detail: fact.detail,
      sources: 1,
      namedBySeed: false,
      announcedAddresses: [],
      outcome: outcomes.get(key)?.outcome ?? null,
      visitReason: outcomes.get(key)?.reason ?? null,
      reachable: (outcomes.get(key)?.software ?? null) !== null
    }))
  }

  readonly layer: Layer.Layer<Store> = Layer.sync(Store, () =>
    Store.of({
      startCrawl: (start) => Effect.sync(() => this.starts.push(start)),
      resumable: (network) =>
        Effect.sync(() => {
          const start = this.starts.at(-1)
          return start === undefined || start.chain.name !== network || this.state === "finished"
            ? Option.none()
            : Option.some({
              crawlId: this.starts.length,
              network,
              startedAt: start.startedAt,
              settings: start.settings,
              endpoints: this.#known()
            })
        }),
      record: (_crawlId, facts) => Effect.sync(() => void this.units.push(facts)),
      flush: Effect.suspend(() => this.failure === null ? Effect.void : Effect.fail(this.failure)),
      forget: (_crawlId, hosts) => Effect.sync(() => void this.forgotten.push(...hosts)),
      saveOptOuts: (_crawlId, lists) => Effect.sync(() => void this.optOuts.push(...lists)),
      optOutLists: () => Effect.succeed(this.optOuts),
      endCrawl: (_crawlId, state) => Effect.sync(() => void (this.state = state)),
      ledger: () => Effect.sync(() => this.ledger),
      hostCosts: () =>
        Effect.sync(() => this.visits.map(({ visit }) => ({ host: visit.endpoint.host, at: visit.startedAt + visit.stamps.endedMs, cost: visit.cost }))),
      joinedVisits: () => Effect.sync(() => this.joinedVisits),
      joinRows: () =>
        Effect.sync(() =>
          this.visits.map(({ visit }) => ({
            endpoint: visit.endpoint,
            visitStartedAt: visit.startedAt,
            reachable: visit.software !== null,
            chain: visit.chain?.chain ?? null,
            address: visit.dial.address,
            certificateSha256: null,
            featuresKey: null,
            claimedHosts: []
          }))
        ),
      randomHosts: { blocks: () => Effect.die("not asked here"), clear: () => Effect.die("not asked here"), save: () => Effect.die("not asked here") },
      enrichment: {
        crawl: () => Effect.die("not asked here"),
        visited: () =>
          Effect.sync(() =>
            this.visits.map(({ visit: { dial, endpoint } }): VisitedHost => ({
              host: endpoint.host,
              networkClass: endpoint.networkClass,
              address: dial.address,
              byProxy: dial.resolvedBy === "proxy"
            }))
          ),
        known: (_network, since) => Effect.sync(() => this.enriched.filter(({ lookedUpAt }) => lookedUpAt >= since)),
        hosts: () => Effect.sync(() => [...this.hosts]),
        saveFacts: (_network, facts) => Effect.sync(() => void this.enriched.push(...facts)),
        saveHosts: (_network, hosts) => Effect.sync(() => void this.hosts.push(...hosts))
      },
      coverage: {
        captured: () => Effect.succeed({ rows: [], captures: 0 }),
        save: () => Effect.void
      },
      probing: {
        targets: () => Effect.die("not asked here"),
        settings: () => Effect.succeed(null),
        differentials: () => Effect.die("not asked here"),
        findings: () => Effect.die("not asked here")
      },
      watch: {
        start: () => Effect.die("not asked here"),
        end: () => Effect.die("not asked here"),
        latestRun: () => Effect.die("not asked here"),
        latestCrawl: () => Effect.die("not asked here"),
        members: () => Effect.die("not asked here"),
        standings: () => Effect.die("not asked here"),
        looks: () => Effect.die("not asked here"),
        silences: () => Effect.die("not asked here"),
        listings: () => Effect.die("not asked here"),
        identitiesSeen: () => Effect.die("not asked here"),
        intervals: () => Effect.die("not asked here"),
        reliabilityBefore: () => Effect.die("not asked here"),
        events: () => Effect.die("not asked here"),
        saveDerived: () => Effect.die("not asked here"),
        pendingAlerts: () => Effect.die("not asked here"),
        alertDelivered: () => Effect.die("not asked here")
      },
      analysedApart: () => Effect.die("not asked here"),
      dueProbes: {
        due: () => Effect.succeed([]),
        candidates: () =>
          Effect.sync(() =>
            this.visits.map(({ visit }) => ({
              endpoint: visit.endpoint,
              answeredAt: visit.outcome === "answered" ? visit.startedAt + visit.stamps.endedMs : null,
              doneAt: null,
              dueAt: null
            }))
          )
      },
      publishSnapshot: Effect.sync(() => void this.snapshots++),
      archive: () => Effect.succeed([])
    }))
}
