import { answered, type Behaviour } from "./behaviour.ts"
import { any, before, between, electrsFamily, esploraFamily, type Finding, type Rule, since } from "./rule.ts"

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const features = (behaviour: Behaviour): Readonly<Record<string, unknown>> | undefined => {
  const result = answered(behaviour, "server.features")[0]?.result
  return isObject(result) ? result : undefined
}

/** ElectrumX's order (protocol-facts 3.4); `services` is at the end where there is one. */
const electrumxOrder = "hosts,pruning,server_version,protocol_min,protocol_max,genesis_hash,hash_function"

const keys = (all: Readonly<Record<string, unknown>>): Finding => {
  const order = Object.keys(all)
  const text = order.join(",")
  // `services` is in ElectrumX's tags from 1.12 on, not in 1.10; `dsproof` in Fulcrum's from 1.5 on.
  if (text === `${electrumxOrder},services`) return { saw: "ElectrumX's, with services", fits: { ElectrumX: since("1.11") } }
  if (text === electrumxOrder) return { saw: "ElectrumX's, without services", fits: { ElectrumX: before("1.12") } }
  if (text !== order.toSorted().join(",")) return { saw: "in an order of no known software", fits: {} }
  if ("broadcast_package" in all) return { saw: "sorted, with broadcast_package", fits: { Fulcrum: since("2.1") } }
  if ("dsproof" in all) return { saw: "sorted, with dsproof", fits: { Fulcrum: since("1.5") } }
  return { saw: "sorted", fits: { Fulcrum: before("1.5"), ...electrsFamily } }
}

const hosts = (value: unknown): Finding | null => {
  if (!isObject(value)) return { saw: "no map", fits: {} }
  const entries = Object.values(value)
  if (entries.length === 0) return { saw: "empty", fits: { ElectrumX: any, Fulcrum: any, ...esploraFamily } }
  // Releases up to 0.11.1; a later one has well-formed hosts only where it was made from the rewritten sources.
  if (typeof value["tcp_port"] === "number") return { saw: "a port for a host", fits: { "romanz electrs": any } }
  if (!entries.every(isObject)) return null
  return { saw: "a map", fits: { ElectrumX: any, Fulcrum: any, "romanz electrs": since("0.11.2"), ...esploraFamily } }
}

/** What `server.features` looks like; what it claims is no evidence. */
export const featuresRules: ReadonlyArray<Rule> = [
  {
    name: "keys of features",
    effort: "form",
    source: "3.4",
    look: (behaviour) => {
      const all = features(behaviour)
      return all === undefined ? null : keys(all)
    }
  },
  {
    name: "hosts in features",
    effort: "form",
    source: "3.4",
    look: (behaviour) => {
      const all = features(behaviour)
      return all === undefined ? null : hosts(all["hosts"])
    }
  },
  {
    name: "id from position",
    effort: "form",
    source: "6, row 76",
    look: (behaviour) => {
      const reply = answered(behaviour, "blockchain.transaction.id_from_pos").find(({ params }) => params[2] !== true)
      if (reply === undefined) return null
      if (isObject(reply.result)) {
        return "tx_id" in reply.result
          ? { saw: "an object with tx_id", fits: { "romanz electrs": between("0.10", "0.11.1") } }
          : { saw: "an object with tx_hash", fits: { "romanz electrs": since("0.11.1") } }
      }
      return {
        saw: "a text",
        fits: { ElectrumX: any, Fulcrum: any, "romanz electrs": since("0.11.1"), ...esploraFamily }
      }
    }
  }
]
