import type { Dialect } from "../model/dialect.ts"
import { printPeers } from "../model/peer-lists.ts"
import type { ServerModel } from "../model/server-model.ts"

/** Lists that never change, printed once. */
const fixed = new WeakMap<ServerModel, string>()

/** What a server answers to `server.peers.subscribe`, as JSON text; drawn anew each time unless its list is fixed. */
export const peersText = (model: ServerModel, normalised: boolean, dialect: Dialect, byTor = false): string => {
  const known = fixed.get(model)
  if (known !== undefined) return known
  const text = printPeers(model.peers.draw(model.random, byTor), normalised, dialect)
  if (model.peers.fixed) fixed.set(model, text)
  return text
}
