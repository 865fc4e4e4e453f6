import type { Overview } from "../../../src/atlas/shapes/overview.ts"

/** The first screen's sentences. That the crawl was simulated stands above every page already; reports, which have no such line, need it here. */
export const headlineOf = ({ crawl, headline }: Pick<Overview, "headline"> & { readonly crawl: Pick<Overview["crawl"], "simulated"> }): ReadonlyArray<string> =>
  crawl.simulated ? headline.filter((sentence) => !sentence.startsWith("SIMULATED network")) : headline
