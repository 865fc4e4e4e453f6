/** When the figures below were measured, and on what; README, How right it is, has more of them. */
export const measuredWhen = "November 2026, seeds 61 to 65"

/** What a scenario is, and how right the method was in it. */
export interface MeasuredScenario {
  readonly scenario: string
  readonly about: string
  readonly servers: number
  /** Precision and recall of pairs; null where there was no group to be right about, or nothing to find. */
  readonly operatorPrecision: number | null
  readonly operatorRecall: number | null
  readonly backendPrecision: number | null
  readonly backendRecall: number | null
  readonly falseGroups: number
}

const measured = (
  scenario: string,
  about: string,
  servers: number,
  [operatorPrecision, operatorRecall]: readonly [number | null, number | null],
  [backendPrecision, backendRecall]: readonly [number | null, number | null]
): MeasuredScenario => ({ scenario, about, servers, operatorPrecision, operatorRecall, backendPrecision, backendRecall, falseGroups: 0 })

/** Judged against the truth of simulated networks: the README's table, which a test compares. */
export const measuredScenarios: ReadonlyArray<MeasuredScenario> = [
  measured("careful", "fleets that share nothing but a node", 233, [null, 0], [1, 0.633]),
  measured("churn", "servers that come and go, move and renew; outages of a hoster and of our own line", 258, [null, 0], [1, 0.6]),
  measured("disguised", "every release, honest and under the name of another", 316, [null, 0], [1, 0.875]),
  measured("dual", "one server in many forms: addresses, onions, several names, two chains on one machine", 85, [null, 0], [1, 0.8]),
  measured("framing", "a fleet relays an honest server, another copies it", 208, [1, 0.017], [1, 1]),
  measured("hosted", "strangers on one node, proxy, image or hoster, two fleets among them", 268, [1, 0.85], [1, 0.973]),
  measured("hostile", "one server for each way to misbehave", 570, [null, null], [null, null]),
  measured("lookalikes", "strangers with stock images, guides and clouds in common", 265, [null, null], [null, null]),
  measured("lying-majority", "two thirds serve another fork or hide a history", 216, [null, 0], [1, 0.865]),
  measured("mainnet-2025-12", "what was announced in December 2025; who runs what and how it behaves is invented", 1295, [null, 0], [null, null]),
  measured("mixed", "every implementation: fleets, twins, other chains, hostile and dead servers", 175, [null, 0], [1, 0.8]),
  measured("selective", "lies to some clients, at some times, on some networks", 228, [null, 0], [1, 0.739]),
  measured("sloppy", "fleets that share keys, names, banners, donation addresses", 266, [1, 0.8], [1, 0.93])
]
