/** Why a piece of evidence weighs less than its m and u say; null where nothing was taken off. */
export type Reduction =
  /** A stronger agreement is about the same decision of somebody. */
  | "same decision"
  /** Strangers who agree in another trait of this pair often agree in this one. */
  | "dependent"
  /** Whoever copies or relays the other shows it as well. */
  | "explained by copying"

/** One outcome of one comparison of a pair, weighed. */
export interface Evidence {
  readonly comparison: string
  readonly level: string
  /** The value they share, its first 200 characters; null where the outcome has none. */
  readonly value: string | null
  /** log2(m / u) after dependence: above 0 for, below 0 against. */
  readonly bits: number
  /** It is in the sum; else `reduction` says why not. */
  readonly counted: boolean
  readonly reduction: Reduction | null
}

/** What explains a pair best, as far as "same operator" goes. */
export type Hypothesis =
  | "same operator"
  /** The evidence is there, but a condition of a verdict is not met; see `limit`. */
  | "undecided"
  /** One shows what is the other's, and not the other way round. */
  | "copies or relays"
  | "strangers"

/** Why "same operator" was held down; null where it was not. */
export type Limit =
  | "only evidence that anybody can copy"
  | "only a shared key, which an image or a proxy may have brought"
  | "a shared key of no name at a node of their own, which who relays the only user of an image shows too"
  | "only things in common that a hoster or a club explains"
  | "each has a greeting or an address for gifts of its own"
  | "several who hold what they share have greetings or addresses for gifts of their own"
  | "gifts of more strangers go to the same address, as to a cause"
  | "one copies or relays the other"
  | EveningLimit

/** Why it says nothing of who runs two servers at one node that their software was changed in one evening. */
export type EveningLimit =
  | "changed in one evening, but others at that node did not"
  | "changed in one evening, but too few with them"
  | "changed in one evening, but nearly all from one release, as one server's relays and one image's users are"
  | "changed in one evening, but mostly at one hoster"
  | "changed in one evening, but so did others elsewhere"
  | "changed in one evening, to a release that was new"
  | "changed at one moment with another at that node, as a relay does with whom it passes on"
  | "one of them changed first, and strangers could have followed it"

/** Two servers compared: what speaks for and against, and four probabilities. */
export interface ComparedPair {
  /** server_id of both, a < b. */
  readonly a: number
  readonly b: number
  /** Most bits first; all outcomes, counted or not. */
  readonly evidence: ReadonlyArray<Evidence>
  /** For each piece of evidence the raw values of both, small. Made when asked for: those of a large crawl are a million. */
  readonly details: () => ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly sameServer: number
  readonly sameMachine: number
  readonly sharedInfrastructure: number
  readonly sameOperator: number
  /** Sum of the bits for and against "same operator" that counted, after caps, without the prior. */
  readonly operatorBits: number
  readonly hypothesis: Hypothesis
  readonly limit: Limit | null
  /** What a verdict can stand on, see `Leg`, e.g. `gift, key`; sorted. */
  readonly legs: string
  /** server_id of the one that copies or relays, where a direction shows. */
  readonly copier: number | null
}
