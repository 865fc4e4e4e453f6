import electrumClient from "@bitcoinerlab/electrum-client"
import net from "node:net"
import tls from "node:tls"

/** The parts used here of the registry's Electrum client, which knows nothing of this project. */
export interface RegistryClient {
  readonly server_banner: () => Promise<unknown>
  readonly server_features: () => Promise<unknown>
  readonly serverPeers_subscribe: () => Promise<unknown>
  readonly blockchainHeaders_subscribe: () => Promise<unknown>
  readonly blockchainScripthash_getBalance: (scripthash: string) => Promise<unknown>
  readonly blockchainScripthash_getBalanceBatch: (scripthashes: ReadonlyArray<string>) => Promise<unknown>
  readonly blockchainScripthash_getHistory: (scripthash: string) => Promise<unknown>
  readonly blockchainTransaction_get: (txid: string) => Promise<unknown>
  /** Any method: the client's own one for `blockchain.block.headers` asks for a name with a typing error. */
  readonly request: (method: string, params: ReadonlyArray<unknown>) => Promise<unknown>
  readonly close: () => void
}

interface Connecting extends RegistryClient {
  readonly initElectrum: (
    who: { readonly client: string; readonly version: string },
    persistence: { readonly maxRetry: number; readonly callback: null },
    timeoutMs: number
  ) => Promise<unknown>
  onError: (error: Error) => void
}

// The package's types call the class its `default`; it is the module itself.
const ElectrumClient = electrumClient as unknown as new (
  netModule: typeof net,
  tlsModule: typeof tls,
  port: number,
  host: string,
  protocol: "tcp" | "tls"
) => Connecting

const timeoutMs = 10_000

/** Connects, does the handshake and hands over the client with what `server.version` answered. It never reconnects. */
export const registryClient = async (
  port: number,
  protocol: "tcp" | "tls"
): Promise<{ readonly client: RegistryClient; readonly greeting: unknown }> => {
  const client = new ElectrumClient(net, tls, port, "127.0.0.1", protocol)
  // It prints socket errors otherwise; requests that fail for one are rejected either way.
  client.onError = () => undefined
  const who = { client: "registry-client", version: "1.4" }
  try {
    return { client, greeting: await client.initElectrum(who, { maxRetry: 0, callback: null }, timeoutMs) }
  } catch (error) {
    client.close()
    throw error
  }
}
