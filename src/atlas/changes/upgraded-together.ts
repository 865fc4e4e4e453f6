import type { UpgradedTogether } from "./crawl-change.ts"

/** A server that calls itself something else, and between which two visits it began to; milliseconds since 1970. */
export interface SoftwareChange {
  readonly host: string
  readonly before: string
  readonly after: string
  readonly notBefore: number
  readonly notAfter: number
}

const dayMs = 86_400_000

/**
 * Servers that made the same change within a day, two or more, as far as visits
 * tell. Whoever was not visited often enough to say so is in none of them. That
 * many follow a release at once is usual, so this proves nothing about operators.
 */
export const upgradedTogether = (changes: ReadonlyArray<SoftwareChange>): ReadonlyArray<UpgradedTogether> => {
  const within = changes.filter(({ notAfter, notBefore }) => notAfter - notBefore <= dayMs)
  const same = [...Map.groupBy(within, ({ after, before }) => JSON.stringify([before, after])).values()]
  return same.flatMap((some) => {
    const groups: Array<Array<SoftwareChange>> = []
    for (const one of some.toSorted((a, b) => a.notBefore - b.notBefore || (a.host < b.host ? -1 : 1))) {
      const last = groups.at(-1)
      if (last !== undefined && one.notAfter - last[0]!.notBefore <= dayMs) last.push(one)
      else groups.push([one])
    }
    return groups.filter((group) => group.length > 1).map((group): UpgradedTogether => ({
      before: group[0]!.before,
      after: group[0]!.after,
      hosts: group.map(({ host }) => host).toSorted(),
      notBefore: new Date(group[0]!.notBefore).toISOString(),
      notAfter: new Date(Math.max(...group.map(({ notAfter }) => notAfter))).toISOString()
    }))
  }).toSorted((a, b) => b.hosts.length - a.hosts.length || (a.notBefore < b.notBefore ? -1 : 1))
}
