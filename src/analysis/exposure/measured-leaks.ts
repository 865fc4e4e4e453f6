import type { LoggedRequest } from "../../domain/request-log.ts"
import { quantile } from "./interval.ts"
import { percent } from "./recommendation.ts"
import { type LoggedSession, pollIntervals, relinked, requestPattern, sessionsOf } from "./server-log.ts"

/** One time that a wallet ran, as who ran it knows it. */
export interface WalletRun {
  /** Which wallet: runs of one have the same scripts. */
  readonly wallet: string
  /** Its payments all go to one address. */
  readonly reusesAddress: boolean
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
}

/** What one kind of wallet shows. */
export interface WalletLeak {
  readonly reusesAddress: boolean
  /** Scripts that it asks anybody about: used addresses and those it looks ahead to. */
  readonly scripts: number
  /** Share of them that one session at its main server has together: the most. */
  readonly linkedAtMain: number
  /** Share of them that sessions at its other connections have: the most. */
  readonly linkedElsewhere: number
}

/** What the logs of servers say about wallets. */
export interface MeasuredLeaks {
  readonly sessions: number
  readonly mainSessions: number
  readonly wallets: ReadonlyArray<WalletLeak>
  /** Pairs of sessions of one wallet at two servers of one operator, both asked about scripts. */
  readonly pairsOfOneWallet: number
  /** Of them those that overlapping scripts tie together again. */
  readonly pairsRelinked: number
  /** Pairs of sessions of different wallets that overlapping scripts would wrongly tie together. */
  readonly pairsMistaken: number
  readonly pairsOfTwoWallets: number
  /** Names by which clients call themselves, with their sessions. */
  readonly clientNames: ReadonlyArray<readonly [name: string, sessions: number]>
  /** Sessions that are told for Electrum's by what they ask, names set aside. */
  readonly recognisedByRequests: number
  /** Median milliseconds between rounds of fee estimates on one connection; null where no session saw two. */
  readonly pollIntervalMs: number | null
}

const share = (part: number, whole: number): number => whole === 0 ? 0 : part / whole

/** Sessions whose first request came while a wallet ran. */
const during = (run: WalletRun, sessions: ReadonlyArray<LoggedSession>): ReadonlyArray<LoggedSession> =>
  sessions.filter(({ requests }) => requests[0]!.at >= run.from && requests[0]!.at <= run.to)

const leakOf = (reusesAddress: boolean, sessions: ReadonlyArray<LoggedSession>): WalletLeak => {
  const all = new Set(sessions.flatMap(({ scripts }) => [...scripts]))
  const most = (of: ReadonlyArray<LoggedSession>): number => share(Math.max(0, ...of.map(({ scripts }) => scripts.size)), all.size)
  const isMain = (session: LoggedSession): boolean => requestPattern(session) === "Electrum, main server" || session.scripts.size > 0
  return {
    reusesAddress,
    scripts: all.size,
    linkedAtMain: most(sessions.filter(isMain)),
    linkedElsewhere: most(sessions.filter((session) => !isMain(session)))
  }
}

/**
 * Computes what servers learned from their own logs. Who ran which wallet when
 * is known to who measures, not to the servers: it says what is true, and only
 * counts how often the logs come to it.
 */
export const measureLeaks = (
  log: ReadonlyArray<LoggedRequest>,
  runs: ReadonlyArray<WalletRun>,
  operatorOf: (server: string) => string
): MeasuredLeaks => {
  const sessions = sessionsOf(log)
  const walletOf = new Map(runs.flatMap((run) => during(run, sessions).map(({ session }) => [session, run.wallet] as const)))
  const asking = sessions.filter(({ scripts }) => scripts.size > 0)
  let [pairsOfOneWallet, pairsRelinked, pairsOfTwoWallets, pairsMistaken] = [0, 0, 0, 0]
  asking.forEach((a, i) => {
    for (const b of asking.slice(i + 1)) {
      if (a.server === b.server || operatorOf(a.server) !== operatorOf(b.server)) continue
      const linked = relinked(a, b)
      if (walletOf.get(a.session) === walletOf.get(b.session)) {
        pairsOfOneWallet++
        if (linked) pairsRelinked++
      } else {
        pairsOfTwoWallets++
        if (linked) pairsMistaken++
      }
    }
  })
  const intervals = sessions.flatMap(pollIntervals)
  const named = sessions.flatMap(({ clientName }) => clientName === null ? [] : [clientName])
  return {
    sessions: sessions.length,
    mainSessions: asking.length,
    wallets: [...Map.groupBy(runs, ({ reusesAddress }) => reusesAddress)].map(([reusesAddress, same]) =>
      leakOf(reusesAddress, same.flatMap((run) => during(run, sessions)))),
    pairsOfOneWallet,
    pairsRelinked,
    pairsOfTwoWallets,
    pairsMistaken,
    clientNames: [...Map.groupBy(named, (name) => name)].map(([name, same]) => [name, same.length] as const).toSorted(([a], [b]) => a < b ? -1 : 1),
    recognisedByRequests: sessions.filter((session) => requestPattern(session) !== "other").length,
    pollIntervalMs: intervals.length === 0 ? null : quantile(intervals, 0.5)
  }
}

/** What follows from measured leaks, a sentence for each figure that was measured. */
export const measuredRecommendations = (leaks: MeasuredLeaks): ReadonlyArray<string> => {
  const reuse = leaks.wallets.find(({ reusesAddress }) => reusesAddress)
  const fresh = leaks.wallets.find(({ reusesAddress }) => !reusesAddress)
  const sentences: Array<string> = []
  if (fresh !== undefined && fresh.scripts > 0) {
    sentences.push(
      fresh.linkedAtMain >= 0.9
        ? `A new address for every payment does not help against the main server, which has ${percent(fresh.linkedAtMain)} of the scripts in one session: users who mind need a server of their own, developers split queries.`
        : `The main server has ${percent(fresh.linkedAtMain)} of the scripts in one session: splitting works in part.`
    )
  }
  if (reuse !== undefined && fresh !== undefined && reuse.linkedAtMain > fresh.linkedAtMain + 0.1) {
    sentences.push("Reusing addresses shows the main server more of a wallet: do not.")
  }
  const elsewhere = Math.max(0, ...leaks.wallets.map(({ linkedElsewhere }) => linkedElsewhere))
  sentences.push(
    elsewhere === 0
      ? "Other connections are asked about no script: what they see is the IP address and when the wallet is on, which Tor hides in part."
      : `Other connections see up to ${percent(elsewhere)} of the scripts: wallets should ask the main server only.`
  )
  if (leaks.pairsOfOneWallet > 0) {
    const back = share(leaks.pairsRelinked, leaks.pairsOfOneWallet)
    sentences.push(
      back >= 0.5
        ? `Changing the server does not help where the next one has the same operator: ${leaks.pairsRelinked} of ${leaks.pairsOfOneWallet} pairs of sessions were tied together again, so choose one of another operator.`
        : `Sessions at two servers of one operator were tied together in ${leaks.pairsRelinked} of ${leaks.pairsOfOneWallet} cases.`
    )
  }
  if (leaks.sessions > 0 && share(leaks.recognisedByRequests, leaks.sessions) >= 0.5) {
    sentences.push(
      leaks.clientNames.length === 0
        ? "What is asked gives the wallet away without a name: hiding the name alone would not help."
        : "Servers are told the wallet's name and version, and see it from what is asked too: leaving out the version costs nothing, hiding the software takes more."
    )
  }
  if (leaks.pollIntervalMs !== null) {
    sentences.push(`Fee estimates every ${Math.round(leaks.pollIntervalMs / 1000)} s tell every connected server when the wallet is on: developers could ask the main server only.`)
  }
  return sentences
}
