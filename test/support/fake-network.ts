import { seededRandom } from "../../src/analysis/seeded-random.ts"
import type { ServerTraits } from "../../src/analysis/traits/server-traits.ts"
import { fakeServer, type FakeValues } from "./fake-comparisons.ts"

/** A stranger: its own key and donation address, common things by chance. */
export const stranger = (serverId: number, random: () => number, own: FakeValues = {}): ServerTraits => {
  const oneOf = (count: number) => Math.floor(random() * random() * count)
  return fakeServer(serverId, {
    key: `key ${serverId}`,
    donation: random() < 0.5 ? null : `donation ${serverId}`,
    banner: random() < 0.6 ? null : `banner ${serverId}`,
    evening: `evening ${serverId}`,
    name: `name ${oneOf(400)}`,
    port: oneOf(8),
    asn: oneOf(30),
    software: oneOf(10),
    node: `node ${serverId}`,
    address: `address ${serverId}`,
    ...own
  })
}

/** Strangers from `first` on. */
export const strangers = (count: number, first: number, seed: number, own: (i: number) => FakeValues = () => ({})): ReadonlyArray<ServerTraits> => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => stranger(first + i, random, own(i)))
}
