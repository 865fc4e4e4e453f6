import type { LoggedRequest } from "../../domain/request-log.ts"

/** One connection as its server's log has it. */
export interface LoggedSession {
  readonly server: string
  readonly session: number
  /** Requests in the order in which they came. */
  readonly requests: ReadonlyArray<LoggedRequest>
  /** Every script asked about. */
  readonly scripts: ReadonlySet<string>
  /** What the client called itself; null when it did not. */
  readonly clientName: string | null
}

/** The sessions of a log, in the order in which they began. */
export const sessionsOf = (log: ReadonlyArray<LoggedRequest>): ReadonlyArray<LoggedSession> =>
  [...Map.groupBy(log, ({ session }) => session)].toSorted(([a], [b]) => a - b).map(([session, requests]) => ({
    server: requests[0]!.server,
    session,
    requests,
    scripts: new Set(requests.flatMap(({ script_hashes }) => script_hashes)),
    clientName: requests.find(({ client_name }) => client_name !== null)?.client_name ?? null
  }))

/** Scripts of which two sessions have more in common than apart are one wallet's, to whoever compares logs. */
const linkedFrom = 0.5

/** Scripts in common, of all that one of two sessions asked about (Jaccard); 0 where one asked about none. */
export const overlapOf = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  const common = [...a].filter((script) => b.has(script)).length
  return common === 0 ? 0 : common / (a.size + b.size - common)
}

/** Whether somebody who has both logs would take two sessions for one wallet's. */
export const relinked = (a: LoggedSession, b: LoggedSession): boolean => overlapOf(a.scripts, b.scripts) >= linkedFrom

/** Requests of one kind closer together than this are one round of asking (milliseconds). */
const roundMs = 5_000

/** Times at which a session asked for fee estimates again, as the distances between rounds, in milliseconds. */
export const pollIntervals = ({ requests }: LoggedSession): ReadonlyArray<number> => {
  const times = requests.filter(({ method }) => method === "blockchain.estimatefee").map(({ at }) => at)
  const rounds = times.filter((at, i) => i === 0 || at - times[i - 1]! > roundMs)
  return rounds.slice(1).map((at, i) => at - rounds[i]!)
}

/** Kinds of client that a server can tell by what is asked, whatever the client calls itself. */
export type RequestPattern = "Electrum, main server" | "Electrum, other connection" | "other"

const walletWide = ["server.banner", "server.peers.subscribe", "server.donation_address"]

/**
 * What a session looks like by its requests alone: Electrum opens with
 * `server.version`, subscribes to headers and asks for fee estimates at several
 * targets on every connection, and of its main server also what concerns the
 * whole wallet (protocol facts, section 9).
 */
export const requestPattern = ({ requests, scripts }: LoggedSession): RequestPattern => {
  const methods = requests.map(({ method }) => method)
  const fees = methods.filter((method) => method === "blockchain.estimatefee").length
  if (methods[0] !== "server.version" || !methods.includes("blockchain.headers.subscribe") || fees < 3) return "other"
  return scripts.size > 0 || walletWide.every((method) => methods.includes(method)) ? "Electrum, main server" : "Electrum, other connection"
}
