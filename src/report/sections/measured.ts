/** When the figures below were measured (README, How right it is). */
export const measuredWhen = "November 2026, seed 51"

/** Judged against the truth of simulated networks; where no group was found there is no precision. */
export const measuredOperators = [
  { scenario: "sloppy", about: "fleets that share keys, names, banners, donation addresses", servers: 54, precision: 1, recall: 1, falseGroups: 0 },
  { scenario: "careful", about: "fleets that share nothing but a node", servers: 48, precision: "no group", recall: 0, falseGroups: 0 },
  { scenario: "lookalikes", about: "strangers with stock images, guides and clouds in common", servers: 53, precision: "no group", recall: "none to find", falseGroups: 0 },
  { scenario: "hosted", about: "strangers on one node, proxy, image or hoster, two fleets among them", servers: 54, precision: 1, recall: 1, falseGroups: 0 },
  { scenario: "framing", about: "a fleet relays an honest server, another copies it", servers: 43, precision: 1, recall: 0.379, falseGroups: 0 }
] as const
