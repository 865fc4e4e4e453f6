import { operatorClusters } from "../../src/analysis/clusters/operator-clusters.ts"
import { comparisons } from "../../src/analysis/comparisons/catalogue.ts"
import { link } from "../../src/analysis/linkage/linkage.ts"
import type { PresentedCertificate, ServerTraits } from "../../src/analysis/traits/server-traits.ts"
import { writtenBanner, writtenDonation } from "../../src/analysis/traits/written-text.ts"
import { addressOf, presentedAt, snapshotTraits, traitsAt, writtenText } from "./server-traits.ts"

const evening = 1_700_000_000_000

/** Words to call servers by that say nothing of who runs them. */
export const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron"]

/** The host of a server that has nothing in common with any other. */
export const ownHost = (i: number): string => `${words[i]}.own${i}.example`

/** `make(0)`, `make(1)` … */
export const several = <A>(count: number, make: (i: number) => A): ReadonlyArray<A> => Array.from({ length: count }, (_, i) => make(i))

/** Ids of so many servers of a world, see `worldOf`. */
export const idsFrom = (count: number, first = 10): ReadonlyArray<number> => several(count, (i) => first + i)

const numberOf = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7)

/** What a node answers to two snapshots, with the mempool of another if one is named. */
const nodeOf = (name: string, mempool = name) =>
  [1, 2].map((snapshot) =>
    snapshotTraits(snapshot, [1, 2, 3, 4, 5, 6].map((i) => 1e-5 + numberOf(name) * i * snapshot * 1e-8), {
      histogram: [50, 40, 30, 20, 10].map((rate, i) => [rate, 1000 + (numberOf(mempool) * (i + 1) * 7919 * snapshot) % 90_000])
    }))

/** What a server shows to a crawl; it answers as Fulcrum, claims the host at which it was met and names it in a certificate of its own. */
export interface Shows {
  readonly host: string
  /** Further hosts at which it was met. */
  readonly met?: ReadonlyArray<string>
  /** By default unknown. */
  readonly addresses?: ReadonlyArray<string>
  /** Its certificate names nobody. */
  readonly nameless?: boolean
  /** By default its own. */
  readonly node?: string | undefined
  /** Of another node. */
  readonly mempool?: string
  readonly gift?: string | undefined
  /** `gift` is what it answers; else it stands for an address. */
  readonly isGiftRead?: boolean
  readonly greeting?: string | undefined
  /** `greeting` is what it answers; else it stands for words of its own. */
  readonly isGreetingRead?: boolean
  /** Seconds after the evening's beginning at which its certificate was made. */
  readonly made?: number | undefined
  readonly certificate?: Partial<PresentedCertificate>
  /** A second certificate, at another port. */
  readonly beside?: Partial<PresentedCertificate>
  /** A host of another that it gives for its own. */
  readonly claims?: string
  /** Further hosts that it gives for its own. */
  readonly claimsToo?: ReadonlyArray<string>
  /** It claims no host. */
  readonly saysNothing?: boolean
  /** Whose list it passes on, not its own. */
  readonly listOf?: number
  readonly notListed?: ReadonlyArray<number>
  readonly listsItself?: boolean
}

/** Servers from 10 on that show this, each listing all others unless it passes on another's list. */
export const worldOf = (...shown: ReadonlyArray<Shows>): ReadonlyArray<ServerTraits> => {
  const ids = idsFrom(shown.length)
  return shown.map((it, i) => {
    const { gift, greeting, host, made } = it
    const claimed = it.saysNothing === true ? [] : [it.claims ?? host, ...it.claimsToo ?? []]
    const lister = it.listOf ?? 10 + i
    const listed = ids.filter((id) => id !== lister && !it.notListed?.includes(id))
    const own = presentedAt(host, {
      claimed,
      validFrom: made === undefined ? null : evening + 123 + made * 1000,
      ...(it.nameless === true ? { names: ["localhost"] } : {}),
      ...it.certificate
    })
    return traitsAt(10 + i, host, {
      hosts: [host, ...it.met ?? []],
      addresses: (it.addresses ?? []).map((address) => addressOf(address)),
      certificates: it.beside === undefined ? [own] : [own, presentedAt(host, { port: 50_003, claimed, ...it.beside })],
      claimedHosts: claimed.map((name) => ({ host: name, tcpPort: null, tlsPort: 50_002 })),
      donation: gift === undefined ? null : it.isGiftRead === true ? writtenDonation(gift) : writtenText(gift),
      banner: greeting === undefined ? null : it.isGreetingRead === true ? writtenBanner(greeting, { hosts: [host], addresses: [], donation: null }) : writtenText(greeting),
      snapshots: nodeOf(it.node ?? `home ${i}`, it.mempool),
      implementation: "Fulcrum",
      peers: new Map(listed.filter((id) => id !== 10 + i).map((id) => [id, 1])),
      listsItself: it.listsItself ?? listed.includes(10 + i)
    })
  })
}

/** Sixty servers that have nothing in common with each other or with anybody. */
export const strangers = several(60, (i) =>
  traitsAt(1000 + i, `e.s${i}x.example`, {
    certificates: [presentedAt(`e.s${i}x.example`)],
    donation: i % 2 === 0 ? null : writtenText(`gift of ${i}`),
    banner: i % 3 === 0 ? null : writtenText(`banner of ${i}`),
    snapshots: nodeOf(`stranger ${i}`),
    implementation: "Fulcrum"
  }))

/** Pairs of some servers among strangers. */
export const pairsAmongStrangers = (some: ReadonlyArray<ServerTraits>) => {
  const servers = [...some, ...strangers]
  return link(servers, comparisons({ servers })).pairs
}

/** Ids of the members of each group among servers that show this and strangers. */
export const groupsOf = (...shown: ReadonlyArray<Shows>): ReadonlyArray<ReadonlyArray<number>> =>
  operatorClusters(pairsAmongStrangers(worldOf(...shown))).map(({ serverIds }) => serverIds)
