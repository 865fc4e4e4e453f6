/**
 * The numbers that were decided, not measured, and why. Bits are binary
 * logarithms of odds.
 */
export const model = {
  /** Prior probability of each question for a random pair, up to `priorServers` servers. */
  prior: {
    "same operator": 0.003,
    "shared infrastructure": 0.01,
    "same machine": 0.003,
    "same server": 0.001
  },
  /**
   * Beyond so many servers priors fall as one to their number: true pairs grow
   * with the network, coincidences with its square.
   */
  priorServers: 400,
  /** How many times as much as the crawl's own pairs the prior is worth: nobody's fleet makes strangers suspect. */
  operatorPriorWeight: 50,
  /** Wherever a crawl's own pairs draw it. */
  operatorPriorBounds: [0.00005, 0.02],
  /** Pairs that each documented m is worth in the EM. */
  mPriorPairs: 30,
  /** No probability goes beyond it: that much may be wrong with the model itself. */
  certain: 0.9999,
  /** From here on a pair is called "probably one operator". */
  verdict: 0.95,
  /**
   * Where a verdict's conditions are not met, whatever the bits: as likely as
   * not, of a domain or a key that few hold.
   */
  undecided: 0.5,
  /**
   * The same of a key under nobody's name at a node of their own, where who holds it
   * and who is seen there registered names of one pattern. What else explains it
   * takes a relay that alters hosts in front of the only user of an image to be
   * seen, with names like its. Assumed; in 19 simulated worlds, of which seven are
   * adversarial, all 107 such pairs were one operator's, of three fleets.
   */
  likely: 0.8,
  /**
   * Independent holders up to which `undecided` is so: two to four servers under one
   * domain is what one person runs, and also what a club or a small hoster has.
   */
  undecidedHolders: 4,
  /**
   * Beyond that the odds fall with the number of holders to this power: 8 are
   * held at 0.2, 16 at 0.06, a hundred at the prior. Assumed: third parties
   * (hosters, clubs, makers of images) grow as cities do, so twice the size is a
   * quarter as frequent (Zipf); operators pay for each server themselves, and of
   * them twice the size is a sixteenth. The one ratio over the other is a quarter
   * for each doubling.
   */
  undecidedFall: 2,
  /** Bits from which on a bundle counts towards the conditions of a verdict. */
  weighty: 3,
  /**
   * The most that a verdict is worth on two legs and on three; on one there is
   * none. Images, hosters and clubs that no list knows remain possible, and bits
   * do not count them. Decided, not measured.
   */
  certainOnTwoLegs: 0.98,
  certainOnThreeLegs: 0.995,
  /**
   * The same where nobody holds a key and all stands on a node that is nobody
   * else's: a relay that alters what it passes on, or a service that registers
   * names for its customers, would show it too. Just a verdict.
   */
  certainOnNode: 0.96,
  /**
   * Copyable evidence where the conditions of a verdict are met. Whoever copies
   * one text copies the next, so more of it does not add up.
   */
  copyableCap: 8,
  /**
   * The same where they are not, weighty agreements only: with the prior of
   * 0.3 % it stays below 2 %, so nobody moves another's server by copying it.
   */
  copyableAloneCap: 2.5,
  /**
   * Hosting, node, software and all that is evidence of another question, where
   * the conditions are met. Elsewhere it weighs nothing: people rent nodes and
   * share proxies, so it confirms and never suggests. Contradictions do not tell
   * the two apart, they point the wrong way: fleets that hide write different
   * texts, customers of a node write none. And who relays a node unseen shows
   * the same, which must not move the one relayed.
   */
  contextCap: 4,
  /** The same at a node that is nobody else's, which is then part of what the verdict stands on. */
  privateNodeCap: 8,
  /**
   * P(servers of one operator at one node are changed in one evening, within a
   * watch that saw any of them changed). Assumed: who administers several servers
   * mostly does to all what he does to one.
   */
  eveningOfOne: 0.3,
  /** The same of servers that know nothing of each other: beyond this it is no leg, and it counts as no rarer than the least. */
  leastEvening: 1e-4,
  rarestEvening: 1e-5,
  /** The most that one inequality weighs against, and all together. */
  againstCap: 2,
  againstSumCap: 4,
  /** Joint agreements of strangers that are added to observed and expected ones, so that a handful proves nothing. */
  dependencePseudoPairs: 0.5,
  /** A shared value of strangers and of one operator are told apart by this many pairs at the least. */
  mBounds: [0.001, 0.999]
} as const

/** Prior probability of a question for a random pair of a network of so many servers, before anything is learnt. */
export const priorAmong = (question: keyof typeof model.prior, servers: number): number =>
  model.prior[question] * Math.min(1, model.priorServers / servers)

/** Binary log odds of a probability. */
export const bitsOf = (p: number): number => Math.log2(p / (1 - p))

/** Binary log odds at which a pair is held that has in common what so many independent holders have. */
export const undecidedBits = (holders: number): number =>
  bitsOf(model.undecided) - model.undecidedFall * Math.max(0, Math.log2(holders / model.undecidedHolders))

/** Probability of binary log odds, never beyond `model.certain`. */
export const probabilityOf = (bits: number): number =>
  Math.min(model.certain, Math.max(1 - model.certain, 1 / (1 + 2 ** -bits)))
