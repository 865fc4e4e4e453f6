import type { BundleVisit, Check } from "./format.ts"
import type { FilledItem } from "./bundle-file.ts"
import { spkiSha256 } from "./evaluate.ts"
import { parsedItem, pointed } from "./read-value.ts"

/** Values that several servers may have in common, by the probe that shows them and where in the reply. */
const shareable: ReadonlyArray<{ readonly probe: RegExp; readonly at: string }> = [
  { probe: /^banner$/, at: "/result" },
  { probe: /^donation address$/, at: "/result" },
  // Of snapshots, which ask all servers at one moment.
  { probe: /^fee histogram/, at: "/result" },
  { probe: /^fee#/, at: "/result" }
]

/** Keys under which equal values stand together: the value in one spelling, of snapshots also when it was asked. */
interface Found {
  readonly server: number
  readonly item: string
  readonly at: string
}

const nothing = (value: unknown): boolean => value === null || value === "" || (Array.isArray(value) && value.length === 0)

/**
 * What servers of a claim have in common and anybody can see in the items: one
 * public key, one text of their operator, one fee histogram or estimate at the
 * same moment. How much that says stands in the findings.
 *
 * @param momentOf which of several snapshots a visit belongs to; undefined for other visits
 */
export const checksOfServers = (
  visits: ReadonlyArray<BundleVisit>,
  items: ReadonlyArray<FilledItem>,
  momentOf: (visit: number) => string | undefined
): ReadonlyArray<Check> => {
  const serverOf = new Map(visits.map(({ server, visit }) => [visit, server]))
  const kindOf = new Map(visits.map(({ kind, visit }) => [visit, kind]))
  const values = new Map<string, Array<Found>>()
  const keys = new Map<string, Array<Found>>()
  const put = (index: Map<string, Array<Found>>, key: string, found: Found) => {
    const known = index.get(key)
    if (known === undefined) index.set(key, [found])
    else if (known.every(({ server }) => server !== found.server)) known.push(found)
  }
  for (const { asked, content, kind, name, visit } of items) {
    if (visit === null) continue
    const server = serverOf.get(visit)!
    if (kind === "certificate") {
      const key = spkiSha256(content)
      if (key !== undefined) put(keys, key, { server, item: name, at: "" })
    }
    const place = asked === null || asked.outcome !== "ok" || !asked.whole ? undefined : shareable.find(({ probe }) => probe.test(asked.probe))
    if (place === undefined) continue
    const isFee = asked!.probe.startsWith("fee")
    const moment = isFee ? momentOf(visit) : "any"
    if (moment === undefined || (!isFee && kindOf.get(visit) !== "regular")) continue
    const value = pointed(parsedItem(content), place.at)
    if (value === undefined || nothing(value)) continue
    put(values, `${asked!.probe}\n${moment}\n${JSON.stringify(value)}`, { server, item: name, at: place.at })
  }
  const shared = (index: ReadonlyMap<string, ReadonlyArray<Found>>) => [...index.values()].filter((found) => found.length > 1)
  return [
    ...shared(keys).map((found): Check => ({ check: "same key", certificates: found.map(({ item }) => item) })),
    ...shared(values).map((found): Check => ({ check: "same value", values: found.map(({ at, item }) => ({ item, at })) }))
  ]
}
