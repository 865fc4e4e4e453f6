import type { Implementation } from "../../domain/implementation.ts"
import type { Behaviour } from "./behaviour.ts"

/** Speak no TLS themselves (protocol-facts 1.2 and 6.1, rule 4). */
const withoutTls: ReadonlySet<Implementation> = new Set(["romanz electrs", "Blockstream electrs", "mempool electrs"])

/**
 * What shows that something else ends TLS before the software: certificate,
 * versions, ciphers and sessions are then its own and say nothing about the
 * software. `likely` is all that the behaviour leaves; empty is too much doubt.
 */
export const proxySigns = (
  { certificateMakers, transport }: Behaviour,
  likely: ReadonlyArray<Implementation>
): ReadonlyArray<string> => {
  if (transport !== "tls" && transport !== "wss") return []
  return [
    ...(likely.length > 0 && likely.every((it) => withoutTls.has(it))
      ? [`TLS, which ${likely.join(" and ")} cannot speak`]
      : []),
    ...certificateMakers.map((maker) => `a certificate that ${maker} makes for itself`)
  ]
}
