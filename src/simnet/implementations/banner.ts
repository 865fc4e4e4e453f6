import type { Client } from "../model/client.ts"
import type { ServerModel } from "../model/server-model.ts"
import type { Software } from "../model/software.ts"

/** What a software says where no operator says anything else. */
export const stockBanner = ({ family, text, version }: Software): string => {
  switch (family) {
    case "ElectrumX":
      return `You are connected to an ${text} server.`
    case "Fulcrum":
      return `Connected to a ${text} server`
    case "romanz electrs":
      return `Welcome to electrs ${version} (Electrum Rust Server)!`
    case "Blockstream electrs":
    case "mempool electrs":
      return `Welcome to ${text}`
  }
}

/** The numbers in e.g. `/Satoshi:28.1.0/` or `/Satoshi:28.1.0(comment)/`. */
export const nodeVersion = (subversion: string): ReadonlyArray<number> => {
  const [major = 0, minor = 0, revision = 0] = (/:([0-9.]+)/.exec(subversion)?.[1] ?? "")
    .split(".")
    .map((part) => Number.parseInt(part, 10) || 0)
  return [major, minor, revision]
}

/** The banner file for a client: another one, where there is one, for those who come by Tor to an onion name. */
export const bannerFor = (client: Client | null, model: ServerModel): string | null =>
  client?.onion === true ? (model.torBanner ?? model.banner) : model.banner

/**
 * A banner file with its variables filled in. Bitcoin Core 28.1.0 is `28.1.0`
 * to ElectrumX from 1.19 and `0.28.1` to those that still expect a leading zero.
 */
export const filledBanner = (banner: string, model: ServerModel, modern: boolean): string => {
  const { backend, reported } = model
  const node = nodeVersion(backend.subversion)
  const values: Readonly<Record<string, string>> = {
    SERVER_SUBVERSION: reported.text,
    SERVER_VERSION: reported.version,
    DAEMON_SUBVERSION: backend.subversion,
    DAEMON_VERSION: (modern ? node : [0, ...node.slice(0, 2)]).join("."),
    DONATION_ADDRESS: model.donation ?? ""
  }
  return banner.replace(
    /\$(SERVER_SUBVERSION|SERVER_VERSION|DAEMON_SUBVERSION|DAEMON_VERSION|DONATION_ADDRESS)/g,
    (_, name: string) => values[name]!
  )
}
