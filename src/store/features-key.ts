import { sha256Hex } from "../domain/sha256.ts"
import type { FeaturesFacts } from "../domain/visit.ts"

/** Orders two texts by code units, the same everywhere. */
const byText = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/**
 * SHA-256 of what a `server.features` reply claims, independent of the order
 * in which hosts and services are written.
 */
export const featuresKey = (features: FeaturesFacts): string =>
  sha256Hex(JSON.stringify([
    features.serverVersion,
    features.protocolMin,
    features.protocolMax,
    features.genesisHash,
    features.hashFunction,
    features.pruning,
    features.hosts
      .map((h) => [h.host, h.tcpPort, h.tlsPort, h.wsPort, h.wssPort] as const)
      .toSorted((a, b) => byText(a[0], b[0])),
    features.services.toSorted(byText)
  ]))
