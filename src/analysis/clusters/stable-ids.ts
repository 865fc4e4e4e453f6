/** A group of an earlier analysis: its number, kind and the endpoints of its servers. */
export interface KnownGroup {
  readonly id: number
  readonly kind: string
  readonly endpointIds: ReadonlySet<number>
}

/**
 * Numbers for groups: that of the earlier group of the same kind with which one
 * has the most endpoints in common, each number given once, the largest overlap
 * first; groups without one get new numbers from `nextId` on, in the order given.
 *
 * @param groups kind and endpoints of each
 * @param known by precedence: an earlier analysis of the same crawl, then those of crawls before it, the newest first
 */
export const stableIds = (
  groups: ReadonlyArray<{ readonly kind: string; readonly endpointIds: Iterable<number> }>,
  known: ReadonlyArray<ReadonlyArray<KnownGroup>>,
  nextId: number
): ReadonlyArray<number> => {
  const endpoints = groups.map(({ endpointIds }) => new Set(endpointIds))
  const given = new Map<number, number>()
  const taken = new Set<number>()
  for (const earlier of known) {
    const byEndpoint = new Map<number, Array<KnownGroup>>()
    for (const group of earlier) {
      for (const endpoint of group.endpointIds) {
        const at = byEndpoint.get(endpoint)
        if (at === undefined) byEndpoint.set(endpoint, [group])
        else at.push(group)
      }
    }
    const overlaps: Array<{ readonly group: number; readonly id: number; readonly common: number }> = []
    endpoints.forEach((of, group) => {
      const common = new Map<number, number>()
      for (const endpoint of of) {
        for (const { id, kind } of byEndpoint.get(endpoint) ?? []) {
          if (kind === groups[group]!.kind) common.set(id, (common.get(id) ?? 0) + 1)
        }
      }
      for (const [id, count] of common) overlaps.push({ group, id, common: count })
    })
    overlaps.sort((x, y) => y.common - x.common || x.id - y.id || x.group - y.group)
    for (const { group, id } of overlaps) {
      if (given.has(group) || taken.has(id)) continue
      given.set(group, id)
      taken.add(id)
    }
  }
  let next = nextId
  return groups.map((_, group) => given.get(group) ?? next++)
}
