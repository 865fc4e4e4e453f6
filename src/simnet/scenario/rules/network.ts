import { addressScope } from "../../../domain/address.ts"
import type { Mistake } from "../mistake.ts"
import type { Scenario } from "../scenario.ts"

/** Places to look from that share a name, or whose address is none or somebody's. */
export const mistakesOfNetwork = (scenario: Scenario): ReadonlyArray<Mistake> => {
  const names = new Set<string>()
  return (scenario.network?.vantages ?? []).flatMap(({ name, address }, i) => {
    const path = ["network", "vantages", i]
    const mistakes: Array<Mistake> = []
    if (name === "exit") mistakes.push({ path: [...path, "name"], message: "exit is who looks from a Tor exit" })
    if (names.has(name)) mistakes.push({ path: [...path, "name"], message: `there are two vantages ${name}` })
    names.add(name)
    const scope = addressScope(address)
    if (scope === undefined) mistakes.push({ path: [...path, "address"], message: `${JSON.stringify(address)} is no IP address` })
    if (scope === "public") mistakes.push({ path: [...path, "address"], message: `${address} may be somebody's; 198.51.100.0/24 is nobody's` })
    return mistakes
  })
}
