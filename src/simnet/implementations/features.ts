import { bracketed } from "../../domain/host.ts"
import { type Dialect, print, qtSorted, serdeSorted } from "../model/dialect.ts"
import { featureHosts, type ServerModel, toldNames } from "../model/server-model.ts"
import { atLeast } from "../model/software.ts"

/** `server.features` in ElectrumX's order of keys. */
export const electrumxFeatures = (model: ServerModel, dialect: Dialect): string =>
  print(
    {
      hosts: featureHosts(model),
      pruning: null,
      server_version: model.reported.text,
      protocol_min: atLeast(model.software.version, "1.13") ? "1.4" : "1.2",
      protocol_max: model.protocolMaximum,
      genesis_hash: model.backend.hash(0)!,
      hash_function: "sha256",
      ...(atLeast(model.software.version, "1.12")
        ? {
            services: toldNames(model).flatMap((name) =>
              ([["tcp", name.tcp], ["ssl", name.tls], ["ws", name.ws], ["wss", name.wss]] as const).flatMap(
                ([protocol, port]) => (port === null ? [] : [`${protocol}://${bracketed(name.host)}:${port}`])
              )
            )
          }
        : {})
    },
    dialect
  )

/** `server.features` as Fulcrum prints it: keys in alphabetical order, no services. */
export const fulcrumFeatures = (model: ServerModel, broadcastPackage: boolean): string => {
  const cash = model.chain.name === "cash-sim"
  return print(
    {
      hosts: featureHosts(model),
      pruning: null,
      server_version: model.reported.text,
      protocol_min: "1.4",
      protocol_max: model.protocolMaximum,
      genesis_hash: model.backend.hash(0)!,
      hash_function: "sha256",
      // From 1.5: whether its node knows double spend proofs, as Bitcoin Cash's do.
      ...(atLeast(model.software.version, "1.5") ? { dsproof: cash } : {}),
      ...(cash && atLeast(model.software.version, "1.9") ? { cashtokens: true } : {}),
      ...(broadcastPackage ? { broadcast_package: true } : {})
    },
    qtSorted
  )
}

/**
 * Releases of romanz electrs have a port in `hosts` where a host should be, 0.11.1
 * being the last one known; the sources rewritten since then have a map. Which of
 * both a later release has nobody knows yet: a scenario can say so.
 */
export const romanzFeatures = (model: ServerModel): string => {
  const port = model.names.find((name) => name.tcp !== null)?.tcp ?? 50001
  return print(
    {
      ...electrsFeatures(model),
      hosts: model.hosts === "malformed" ? { tcp_port: port } : { "0.0.0.0": { tcp_port: port } }
    },
    serdeSorted
  )
}

/** Blockstream electrs and its fork, where they answer at all. */
export const blockstreamFeatures = (model: ServerModel): string =>
  print(
    {
      ...electrsFeatures(model),
      hosts: Object.fromEntries(toldNames(model).map((name) => [name.host, { ssl_port: name.tls, tcp_port: name.tcp }]))
    },
    serdeSorted
  )

const electrsFeatures = (model: ServerModel): { readonly [key: string]: string | null } => ({
  genesis_hash: model.backend.hash(0)!,
  hash_function: "sha256",
  protocol_max: "1.4",
  protocol_min: "1.4",
  pruning: null,
  server_version: model.reported.text
})
