import type { Endpoint } from "../domain/endpoint.ts"
import type { Visit } from "../domain/visit.ts"
import type { TransportError } from "../transport/transport-error.ts"

/** The visit of an endpoint whose name did not resolve: an attempt with a reason, though nothing was dialled. */
export const visitOfFailedPlan = (endpoint: Endpoint, error: TransportError, at: number): Visit => ({
  kind: "regular",
  endpoint,
  startedAt: at,
  dial: { address: null, resolvedBy: error.reason === "dns" ? "dns" : null, addresses: [], via: "direct" },
  stamps: { resolvedMs: null, connectedMs: null, tcpConnectMs: null, tlsMs: null, handshakeMs: null, endedMs: 0 },
  outcome: "failed",
  reason: error.reason,
  phase: error.phase,
  detail: error.detail,
  bytesIn: 0,
  bytesOut: 0,
  requests: 0,
  cost: 0,
  tls: null,
  software: null,
  protocol: null,
  banner: null,
  bannerOctets: null,
  donationAddress: null,
  tip: null,
  chain: null,
  features: null,
  peers: null,
  observations: [],
  identification: null,
  answers: [],
  timing: null
})
