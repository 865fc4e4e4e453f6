import { print } from "../../model/dialect.ts"
import type { ServerModel } from "../../model/server-model.ts"
import { atLeast, compareTuples, versionNumbers, type VersionTuple } from "../../model/software.ts"
import { bannerFor, filledBanner, stockBanner } from "../banner.ts"
import { electrumxFeatures } from "../features.ts"
import { fail } from "../implementation.ts"
import { peersText } from "../peers-text.ts"
import { entry, type Method, type MethodEntry } from "./method.ts"
import { tupleOf } from "./parameters.ts"
import { pythonText } from "./python-text.ts"

const least = (model: ServerModel): VersionTuple => (atLeast(model.software.version, "1.13") ? [1, 4] : [1, 2])

const negotiatedVersion = (wanted: unknown, model: ServerModel): VersionTuple | undefined => {
  const minimum = least(model)
  const [low, high] =
    wanted === null || wanted === undefined
      ? [minimum, minimum]
      : Array.isArray(wanted)
        ? wanted.length === 2
          ? [tupleOf(wanted[0]), tupleOf(wanted[1])]
          : [[0], [0]]
        : [tupleOf(wanted), tupleOf(wanted)]
  const most = versionNumbers(model.protocolMaximum)
  const version = compareTuples(high, most) < 0 ? high : most
  return compareTuples(version, low) < 0 || compareTuples(version, minimum) < 0 ? undefined : version
}

/** The last version of the wallet that the server tries to stop, when it asks for a protocol of its time. */
const vulnerable: VersionTuple = [3, 2, 3]

const version: Method["answer"] = ([client, wanted], call) => {
  if (call.handshaken) return fail(1, "server.version already sent")
  const agreed = negotiatedVersion(wanted, call.model)
  const name = client ? pythonText(client) : ""
  const clientVersion = tupleOf(name)
  const oldClient = compareTuples(clientVersion, [0]) !== 0 && compareTuples(clientVersion, vulnerable) <= 0
  if (oldClient && (agreed === undefined || compareTuples(agreed, [1, 2]) <= 0)) call.warnOldWallet()
  if (agreed === undefined) return fail(1, `unsupported protocol version: ${pythonText(wanted)}`, true)
  call.negotiate(agreed)
  return { result: print([call.model.reported.text, agreed.join(".")], call.dialect) }
}

const banner: Method["answer"] = (_, { client, model, dialect }) => {
  const file = bannerFor(client, model)
  return {
    result: print(
      file === null
        ? stockBanner(model.reported)
        : filledBanner(file, model, atLeast(model.software.version, "1.19")),
      dialect
    )
  }
}

const peers: Method["answer"] = (_, { client, model, dialect }) => ({
  result: peersText(model, false, dialect, client?.onion === true)
})

/** The methods about the server itself. `server.add_peer` never adds: nobody's name resolves to a stranger's address. */
export const electrumxServerMethods = (release: string): ReadonlyArray<MethodEntry> => [
  // From 1.19 further parameters are ignored.
  entry("server.version", [0, atLeast(release, "1.19") ? 1000 : 2], ["client_name", "protocol_version"], version),
  entry("server.banner", [0, 0], [], banner),
  entry("server.donation_address", [0, 0], [], (_, c) => ({ result: print(c.model.donation ?? "", c.dialect) })),
  entry("server.features", [0, 0], [], (_, c) => ({ result: electrumxFeatures(c.model, c.dialect) })),
  entry("server.ping", [0, atLeast(release, "2.0") ? 2 : 0], ["pong_len", "data"], () => ({ result: "null" })),
  entry("server.peers.subscribe", [0, 0], [], peers),
  entry("server.add_peer", [1, 1], ["features"], () => ({ result: "false" }))
]
