import { furtherScriptsOf, publicScriptsOf } from "../../domain/public-script.ts"
import type { SimulatedChainName } from "../chain/chain-definitions.ts"
import type { LieSpec } from "../scenario/lie-spec.ts"
import { scriptOf } from "../scenario/script-text.ts"

/** How a crawler that says who it is begins its name; a test holds it against the program's own. */
export const declaredName = "electrum-observatory/"

/** Requests of one connection that no visit goes beyond. */
export const mostRequests = 40

/** Why nobody can be told a lie who asks under a name of his own, a few times, for what is public; undefined where somebody is. */
export const unseenBecause = (lie: LieSpec, chain: SimulatedChainName): string | undefined => {
  const { to } = lie
  if (to?.client_name !== undefined && !declaredName.startsWith(to.client_name)) {
    return `to clients that call themselves ${to.client_name}…, and we say who we are`
  }
  if ((to?.after_requests ?? 0) >= mostRequests) return `after ${to!.after_requests} requests of a connection, and no visit makes so many`
  if ("script" in lie && ![...publicScriptsOf(chain), ...furtherScriptsOf(chain)].some(({ script }) => script === scriptOf(lie.script, chain))) {
    return "about a script of which nothing is known"
  }
  return undefined
}
