import { qtSorted } from "../../model/dialect.ts"
import { atLeast, compareTuples, versionNumbers } from "../../model/software.ts"
import { bannerFor, filledBanner, stockBanner } from "../banner.ts"
import { fulcrumFeatures } from "../features.ts"
import { fail } from "../implementation.ts"
import { peersText } from "../peers-text.ts"
import { entry, type FulcrumEntry, type FulcrumMethod, json, tupleOf } from "./method.ts"

const refused = fail(1, "Unsupported protocol version", true)

const version: FulcrumMethod["answer"] = ([, wanted], call) => {
  if (call.handshaken) return fail(1, "server.version already sent")
  const range = wanted === undefined ? ["1.4", "1.4"] : Array.isArray(wanted) ? wanted : [wanted, wanted]
  const [low, high] = [tupleOf(range[0]), tupleOf(range[1])]
  if (range.length !== 2) return refused
  if (Array.isArray(wanted) && (low === undefined || high === undefined || compareTuples(low, high) > 0)) {
    return fail(1, `Bad version tuple: ${range.map(String).join(", ")}`, true)
  }
  if (low === undefined || high === undefined) return refused
  const most = versionNumbers(call.model.protocolMaximum)
  // A single version is taken as it is, a range up to what there is.
  const agreed = compareTuples(high, most) < 0 ? high : most
  if (compareTuples(agreed, low) < 0 || compareTuples(agreed, [1, 4]) < 0) return refused
  call.handshake(agreed)
  return json([call.model.reported.text, agreed.join(".")])
}

const banner: FulcrumMethod["answer"] = (_, { client, model }) => {
  const file = bannerFor(client, model)
  return json(
    file === null ? stockBanner(model.reported) : filledBanner(file, model, false).slice(0, 16_384)
  )
}

/** The author's own, where the operator sets none. */
const fulcrumDonation = "1Ca1inCimwRhhcpFX84TPRrPQSryTgKW6N"

/** Good features are taken at once and looked at later, when the name turns out to be somebody else's. */
const addPeer: FulcrumMethod["answer"] = ([features], { model }) => {
  const object = typeof features === "object" && features !== null && !Array.isArray(features) ? features : {}
  if (Object.keys(object).length === 0) {
    return fail(1, "server.add_peer expected a non-empty dictionary argument")
  }
  const { hosts, genesis_hash, hash_function } = object as Readonly<Record<string, unknown>>
  const named = typeof hosts === "object" && hosts !== null ? Object.keys(hosts).length : 0
  return json(named > 0 && named <= 4 && genesis_hash === model.backend.hash(0) && hash_function === "sha256")
}

/** The methods about the server itself. */
export const fulcrumServerMethods = (release: string): ReadonlyArray<FulcrumEntry> => [
  entry("server.version", [0, atLeast(release, "2.1") ? 1000 : 2], version),
  entry("server.banner", [0, 0], banner),
  entry("server.donation_address", [0, 0], (_, { model }) => json(model.donation ?? fulcrumDonation)),
  entry("server.features", [0, 0], (_, { model, process }) => ({
    result: fulcrumFeatures(model, atLeast(release, "2.1") && process.packages)
  })),
  entry("server.ping", [0, 0], () => ({ result: "null" })),
  entry("server.peers.subscribe", [0, 0], (_, { model }) => ({ result: peersText(model, true, qtSorted) })),
  entry("server.add_peer", [1, 1], addPeer),
  ...(atLeast(release, "1.9.8")
    ? [entry("daemon.passthrough", [0, 0], () => fail(-32601, "Method disabled for this client"), true)]
    : [])
]
