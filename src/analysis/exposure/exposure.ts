import type { ClusterMembership, Route, WalletNetwork } from "./candidate.ts"
import { type Concentration, concentrationOf, type PlacedServer } from "./concentration.ts"
import { oneServerExposure } from "./one-server-wallet.ts"
import { exposureByOwner, type OwnerExposure, ownershipOf } from "./owners.ts"
import { comparePolicies, type PolicyExposure } from "./policy-lab.ts"
import type { WalletModel } from "./recommendation.ts"
import { todaysPolicy } from "./selection-policy.ts"
import { simulateWallets } from "./simulate-wallets.ts"
import { drawWorlds } from "./worlds.ts"

/** How much is simulated. */
export interface ExposureOptions {
  /** Lives of a wallet simulated for each model and rule. */
  readonly lives: number
  /** Draws of which clusters are one operator's. */
  readonly worlds: number
  readonly randomSeed: number
  /** How often within a session the main server is exchanged. */
  readonly switchesPerStart: number
}

/** Without switches: what is said is a lower bound then. */
export const defaultExposureOptions: ExposureOptions = { lives: 1000, worlds: 200, randomSeed: 1, switchesPerStart: 0 }

/** What exposure is computed from. */
export interface ExposureInput {
  readonly network: WalletNetwork
  /** Confirmed servers, for concentration. */
  readonly servers: ReadonlyArray<PlacedServer>
  readonly clusters: ReadonlyArray<ClusterMembership>
  /** Sentences about where the list is from and what is not known. */
  readonly notes: ReadonlyArray<string>
}

/** After how many starts owners are asked what they know. */
export const horizons = [1, 10, 100] as const

/** The rules are compared after so many starts. */
const policyStarts = 10

/** What owners come to see of one kind of wallet; those who see most first. */
export interface ExposureFigure {
  readonly model: WalletModel
  /** For each owner one entry for each number of starts. */
  readonly owners: ReadonlyArray<OwnerExposure>
}

export interface ExposureResult {
  /** Eligible servers of the wallet's list: it draws its main server from them. */
  readonly listed: number
  /** Of them those that a wallet without Tor can use, as far as the crawl saw. */
  readonly usable: number
  readonly figures: ReadonlyArray<ExposureFigure>
  readonly policies: ReadonlyArray<PolicyExposure>
  readonly concentration: ReadonlyArray<Concentration>
  readonly options: ExposureOptions
  readonly notes: ReadonlyArray<string>
}

const models: ReadonlyArray<WalletModel> = (["Electrum", "one server"] as const).flatMap((wallet) =>
  (["clearnet", "tor"] satisfies ReadonlyArray<Route>).flatMap((route) =>
    [false, true].map((savedServer) => ({ wallet, route, savedServer }))
  )
)

/**
 * What operators would see of wallets that choose servers in a network: all of
 * it model output, from the wallet's own rules and the crawl. Depends on input
 * and options only.
 */
export const exposureOf = (input: ExposureInput, options: ExposureOptions = defaultExposureOptions): ExposureResult => {
  const { clusters, network, servers } = input
  const ownership = ownershipOf(network.candidates, clusters)
  const worlds = drawWorlds(clusters, options)
  const ofModel = (model: WalletModel): ReadonlyArray<OwnerExposure> => {
    const { route, savedServer } = model
    if (model.wallet === "one server") {
      return horizons.flatMap((starts) => oneServerExposure(network, ownership, worlds, { route, fixed: savedServer, starts }))
    }
    const habits = { route, savedServer, starts: horizons.at(-1)!, switchesPerStart: options.switchesPerStart }
    const sightings = simulateWallets(network, todaysPolicy, habits, options)
    return horizons.flatMap((starts) => exposureByOwner(sightings, ownership, worlds, starts))
  }
  const listed = network.candidates.filter(({ isDefault }) => isDefault)
  return {
    listed: listed.length,
    usable: listed.filter(({ onion, usable }) => !onion && usable === true).length,
    figures: models.map((model) => ({ model, owners: ranked(ofModel(model)) })),
    policies: comparePolicies(network, clusters, ownership, worlds, { ...options, starts: policyStarts }),
    concentration: concentrationOf(servers, clusters, worlds),
    options,
    notes: input.notes
  }
}

/** Who sees anything, those who see most first: over all numbers of starts, since after many all are near certainty. */
const ranked = (owners: ReadonlyArray<OwnerExposure>): ReadonlyArray<OwnerExposure> => {
  const total = new Map<OwnerExposure["owner"], number>()
  for (const { main, owner } of owners) total.set(owner, (total.get(owner) ?? 0) + main.mean)
  const rank = ({ connected, owner, starts }: OwnerExposure) => [-starts, -total.get(owner)!, -connected.mean, owner.host]
  return owners.filter(({ connected, main }) => main.mean > 0 || connected.mean > 0)
    .map((owner) => ({ owner, rank: rank(owner) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ owner }) => owner)
}

const compare = (a: ReadonlyArray<number | string>, b: ReadonlyArray<number | string>): number => {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1
  }
  return 0
}
