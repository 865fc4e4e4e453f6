import type { AddressPolicy } from "./address-policy.ts"
import type { TorCandidate } from "./local-tor.ts"
import type { ProxyTarget } from "./proxy-target.ts"
import type { Vantage } from "./vantage.ts"

/** Milliseconds for the phases of one connection. Through a proxy, `connectMs` holds its own answer too. */
export interface PhaseTimeouts {
  readonly connectMs: number
  readonly tlsMs: number
}

/** By the way a connection takes; onion services are slow to meet. */
export interface DialTimeouts {
  readonly direct: PhaseTimeouts
  readonly proxy: PhaseTimeouts
  readonly tor: PhaseTimeouts
}

export const defaultTimeouts: DialTimeouts = {
  direct: { connectMs: 10_000, tlsMs: 10_000 },
  proxy: { connectMs: 20_000, tlsMs: 20_000 },
  // A circuit, a descriptor, an introduction and a rendezvous: Tor itself gives up after two minutes.
  tor: { connectMs: 100_000, tlsMs: 60_000 }
}

export interface DialerOptions extends AddressPolicy {
  /** `--proxy`: for everything but onion services. */
  readonly proxy: ProxyTarget | null
  /**
   * `--tor`: for onion services. `auto` looks for a Tor on this machine, once;
   * on a simulated chain it takes `proxy` instead, for a real Tor would reach
   * the real bearers of the simulated names.
   */
  readonly tor: "auto" | "off" | ProxyTarget
  /** What is known of this machine's routes; what is left out is looked up. */
  readonly vantage?: Partial<Vantage>
  readonly timeouts?: Partial<DialTimeouts>
  /** Where `auto` looks for Tor: by default 127.0.0.1, ports 9050, 9150 and 1080. */
  readonly torCandidates?: ReadonlyArray<TorCandidate>
}
