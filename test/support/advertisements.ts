import type { Advertisement } from "../../src/domain/advertisement.ts"
import { parseHost } from "../../src/domain/host.ts"

/** A well-formed advertisement of a host with TLS and TCP ports. */
export const advertisementOfPorts = (
  hostText: string,
  ports: { readonly tls?: ReadonlyArray<number>; readonly tcp?: ReadonlyArray<number> },
  address: string | null = null
): Advertisement => {
  const host = parseHost(hostText)
  if (typeof host === "string") throw new Error(`${hostText}: ${host}`)
  return {
    raw: JSON.stringify([hostText, ports]),
    host: host.text,
    networkClass: host.networkClass,
    address,
    versionText: "1.4",
    pruning: null,
    services: [
      ...(ports.tls ?? []).map((port) => ({ transport: "tls" as const, port })),
      ...(ports.tcp ?? []).map((port) => ({ transport: "tcp" as const, port }))
    ],
    problem: null,
    notes: []
  }
}
