import type { Communities } from "./communities.ts"

/**
 * Modularity in units in which equal partitions are equal: how communities are
 * numbered changes the order of its sum, and so its last digits.
 */
const units = (modularity: number | null): number => Math.round(1e9 * (modularity ?? -1))

/**
 * The partition that the map shows, in its places and in its colours: of the
 * highest modularity, of equals the one nearest to plain modularity. Undefined for none.
 *
 * @param partitions of one crawl, by resolution
 */
export const drawnPartition = <A extends Pick<Communities, "modularity" | "resolution">>(partitions: ReadonlyArray<A>): A | undefined =>
  partitions.toSorted((a, b) =>
    units(b.modularity) - units(a.modularity) || Math.abs(a.resolution - 1) - Math.abs(b.resolution - 1))[0]
