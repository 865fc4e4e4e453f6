import { distinct, once, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { presentedKeys } from "./presented.ts"

const templatesOf = once((server) =>
  distinct(server.certificates.flatMap((it) => it.isDefault || it.template === null ? [] : [it.template])))

/** Both wrote the same into their certificates. */
export const certificateSubject: Comparison = {
  name: "certificate subject",
  definition: "Certificates of both, with different keys, have subjects after one template, in which something is neither host nor place, number or default.",
  question: "same operator",
  forgeability: "copyable",
  // How a certificate was made is one decision; a common key would bring the text with it.
  bundle: "minting",
  // u: a guide or image whose template the catalogue does not know; by how many owners have it.
  levels: [{ name: "one template", m: 0.3, u: 5e-4, measured: true }],
  innocent: ["a guide or image whose template the catalogue does not know", "somebody who copied a certificate's text"],
  keys: templatesOf,
  known: (server) => server.certificates.length > 0,
  compare: (a, b) => {
    const [template] = shared(templatesOf(a), templatesOf(b))
    if (template === undefined || shared(presentedKeys(a), presentedKeys(b)).length > 0) return undefined
    return { level: 0, value: template, detail: () => ({ template }) }
  }
}
