/** Milliseconds for which answers of registries and reverse DNS are not asked for again, unless told otherwise: 30 days. */
export const usualFreshMs = 30 * 86_400_000
