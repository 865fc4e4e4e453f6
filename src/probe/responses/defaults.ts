import type { Identification } from "../../domain/identification.ts"
import type { Implementation } from "../../domain/implementation.ts"
import type { Judged, JudgedAnswer, Subject } from "../../domain/judged-answer.ts"
import type { BehaviourResponse } from "../../domain/response.ts"

type Exceptions = Readonly<Partial<Record<Implementation, ReadonlyArray<BehaviourResponse>>>>

const features: Exceptions = {
  "Blockstream electrs": ["closed", "ok"],
  "mempool electrs": ["error", "refused", "ok"]
}

/**
 * What software answers by default to what a visit asks, whatever the form of
 * the script: servers are asked by hash and do not know it. All releases alike,
 * as each is asked only for what its protocol has (protocol-facts 2, 3.4, 6).
 * Blockstream electrs has features in builds with discovery only, its fork
 * answers an error without.
 */
const exceptions: Readonly<Partial<Record<Subject, Exceptions>>> = {
  features,
  "features twice": features,
  "fee estimates": {
    // "cannot estimate fee for 2 blocks", where the others say -1.
    "Blockstream electrs": ["ok", "error"],
    "mempool electrs": ["ok", "error"]
  }
}

const usual: ReadonlyArray<BehaviourResponse> = ["ok"]

/** What an implementation answers by default. */
export const defaultResponses = (subject: Subject, implementation: Implementation): ReadonlyArray<BehaviourResponse> =>
  exceptions[subject]?.[implementation] ?? usual

const balanced = "another server behind the same name or address"
const altered = ["a node or index that is damaged or was not built to the end", "a fork of the software", balanced]

/** What besides intent makes a server deviate. */
const innocentCauses: Readonly<Partial<Record<BehaviourResponse, ReadonlyArray<string>>>> = {
  differs: altered,
  truncated: [...altered, "a node that is still synchronising"],
  empty: [...altered, "a node that is still synchronising or was pruned"],
  closed: ["an overloaded server or line", "a proxy in between", "a time limit of its own"],
  error: ["a node that is busy or restarting", "a fork of the software"],
  refused: ["a limit in its configuration", "a method that is switched off or that a proxy keeps back", "a fork of the software"]
}

/** Deviations that our asking, or the line between us, may have caused. */
const possiblyOurs = ({ detail }: Judged): boolean =>
  detail["because"] === "the connection ended" || detail["because"] === "too much asked, possibly by us"

/**
 * Hold judged answers against what the software does by default. Nothing is
 * said of a server whose software is not known; a deviation is named together
 * with its innocent causes, and is no verdict.
 */
export const compareWithDefaults = (
  all: ReadonlyArray<Judged>,
  identification: Pick<Identification, "implementation"> | null
): ReadonlyArray<JudgedAnswer> => {
  const implementation = identification?.implementation ?? null
  // Who answers nothing at all is overloaded or gone.
  const mute = all.every(({ response }) => response === "closed" || response === "not asked" || response === null)
  return all.map((answer) => {
    const { response, subject } = answer
    const defaults = implementation === null ? [] : defaultResponses(subject, implementation)
    if (implementation === null || response === null || response === "not asked") {
      return { ...answer, defaults, filtered: null, causes: [] }
    }
    if (defaults.includes(response)) return { ...answer, defaults, filtered: false, causes: [] }
    return {
      ...answer,
      defaults,
      filtered: mute || possiblyOurs(answer) ? null : true,
      causes: innocentCauses[response] ?? []
    }
  })
}
