import { Effect } from "effect"
import { bundleOf } from "./bundle/claims.ts"
import { readReceived, type Received } from "./bundle/read-items.ts"
import { checksOfVisits } from "./bundle/state-checks.ts"
import type { Provenance } from "./about.ts"
import type { Shown } from "./shown.ts"
import { provingProbes, type Violation, violationKinds, violationsIn } from "./violations.ts"

/** One host for the list, with what was seen there and the transcript that proves it. */
export interface ListedHost {
  readonly host: string
  readonly serverId: number
  readonly violations: ReadonlyArray<{ readonly kind: string; readonly what: string; readonly times: number }>
  readonly bundle: { readonly text: string; readonly id: string }
}

/** Servers whose replies are in memory at a time. */
const serversAtATime = 100

/** Of another chain than its crawl, it is not measured by that one's rules; but no chain has one header twice. */
const isJudged = (network: string, chain: string | null, { kind }: Violation): boolean => chain === network || kind === "one header for two heights"

const transcript = (provenance: Provenance, received: Received, host: string, violations: ReadonlyArray<Violation>) => {
  const visits = received.visits.filter((visit) => visit.host === host && visit.server === violations[0]!.serverId)
  const ids = new Set(visits.map(({ visit }) => visit))
  const items = received.items.filter(({ visit }) => visit !== null && ids.has(visit))
  const proving = violations.flatMap(({ checks }) => checks)
  const checks = [...checksOfVisits(provenance.network, items), ...proving.filter(({ check }) => check === "easier" || check === "same value")]
  return bundleOf(
    provenance,
    {
      kind: "violation",
      of: [String(violations[0]!.serverId), host],
      statement: `${host} answered ${violations.map(({ kind, times }) => `${times} times with ${violationKinds[kind]}`).join(", and ")}; damaged disks and memory do that too`
    },
    { visits, items },
    [],
    checks
  )
}

/**
 * The hosts that were seen to break the protocol in a way that hashes prove, by
 * name, ascending; often none. By raw replies only: neither scores nor stored
 * verdicts take part.
 */
export const provenHosts = Effect.fn("provenHosts")(function*(shown: Shown, provenance: Provenance) {
  const servers = shown.servers.filter(({ confirmed, serverId }) => confirmed && shown.chosen.has(serverId))
  const chainOf = new Map(servers.map(({ chain, serverId }) => [serverId, chain]))
  const listed: Array<ListedHost> = []
  for (let from = 0; from < servers.length; from += serversAtATime) {
    const serverIds = servers.slice(from, from + serversAtATime).map(({ serverId }) => serverId)
    const received = yield* readReceived(shown, { serverIds, probes: provingProbes, visits: null })
    const violations = violationsIn(provenance.network, received.visits, received.items)
      .filter((violation) => isJudged(provenance.network, chainOf.get(violation.serverId) ?? null, violation))
    for (const some of Map.groupBy(violations, ({ host, serverId }) => `${serverId}\n${host}`).values()) {
      const { host, serverId } = some[0]!
      listed.push({
        host,
        serverId,
        violations: some.map(({ kind, times }) => ({ kind, what: violationKinds[kind], times })),
        bundle: transcript(provenance, received, host, some)
      })
    }
  }
  return listed.toSorted((a, b) => a.host < b.host ? -1 : a.host > b.host ? 1 : 0)
})

/** The list as ElectrumX reads it: a JSON list of hosts. */
export const blacklistText = (listed: ReadonlyArray<ListedHost>): string =>
  `${JSON.stringify([...new Set(listed.map(({ host }) => host))], null, 2)}\n`
