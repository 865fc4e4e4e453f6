import type { Books, CostLedger } from "./cost-ledger.ts"
import { publicClaims } from "./server-join.ts"

/**
 * Tells the ledger which hosts are one server, from visits on one chain.
 *
 * This has to rest on evidence: could a server have a stranger's account joined
 * to its own, then all that it makes us spend on itself, or its asking us to go away,
 * would keep us from the stranger. So two hosts are one server only when each was
 * dialled by its own name and claimed the other. What one side claims, or others
 * announce of a host, counts for nothing, as does what anybody can show who
 * relays a stranger or has a name lead to it: its certificate, its features, its
 * address. By an address servers are joined too (see `joinServers`); the ledger
 * need not do so, for who has one address has one balance as it is.
 */
export class MetServers {
  readonly #ledger: CostLedger
  /** What hosts claim that claim others, a hundred names each at the most; most do not. */
  readonly #claims = new Map<string, ReadonlySet<string>>()

  constructor(ledger: CostLedger) {
    this.#ledger = ledger
  }

  /** To be told of each visit: whom it was to, and which hosts the server claimed. */
  meet({ host }: Pick<Books, "host">, claimedHosts: ReadonlyArray<string>): void {
    const claims = publicClaims(claimedHosts)
    if (claims.size === 0 || (claims.size === 1 && claims.has(host))) return
    this.#claims.set(host, claims)
    for (const claimed of claims) {
      if (this.#claims.get(claimed)?.has(host) === true) this.#ledger.join(host, claimed)
    }
  }
}
