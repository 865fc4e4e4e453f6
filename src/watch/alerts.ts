import { Effect, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { sha256Hex } from "../domain/sha256.ts"
import type { AlertTarget, PendingAlert, WatchEvent } from "../domain/watch.ts"

/** Where alerts go; null: nowhere. */
export interface AlertTargets extends Readonly<Record<AlertTarget, string | null>> {
  /** Gets each batch of events as JSON by POST. */
  readonly webhook: string | null
  /** A program without arguments; it gets the same JSON on standard input. */
  readonly command: string | null
}

/** What is sent. */
export interface Alert {
  /** The same where it is sent once more, because nobody knows whether it arrived. */
  readonly id: string
  readonly network: string
  /** True: a simulated network; nothing in it is a finding about anyone. */
  readonly simulated: boolean
  readonly vantage: string
  /** ISO 8601, by the stamps. */
  readonly at: string
  readonly events: ReadonlyArray<Omit<WatchEvent, "earliest" | "latest"> & { readonly earliest: string; readonly latest: string }>
}

/** What is worth waking somebody: not what an outage of many explains, nor that a server came back. */
const isWorthTelling = ({ cause, kind }: WatchEvent): boolean => cause === null && kind !== "came back"

/** Events of one alert at the most: the rest is in the database. */
const mostEvents = 200

const timeoutMs = 20_000

/** The alert that new events make; null where none is worth telling. */
export const alertOf = (
  news: ReadonlyArray<WatchEvent>,
  of: Pick<Alert, "network" | "simulated" | "vantage">,
  at: number
): Alert | null => {
  const told = news.filter(isWorthTelling).slice(0, mostEvents)
  const iso = (ms: number) => new Date(ms).toISOString()
  if (told.length === 0) return null
  const says = { ...of, at: iso(at), events: told.map((event) => ({ ...event, earliest: iso(event.earliest), latest: iso(event.latest) })) }
  return { id: sha256Hex(JSON.stringify(says)).slice(0, 32), ...says }
}

/** An alert for each target that there is. */
export const pendingFor = (targets: AlertTargets, alert: Alert | null): ReadonlyArray<PendingAlert> =>
  alert === null
    ? []
    : (["webhook", "command"] as const).filter((target) => targets[target] !== null).map((target) =>
      ({ id: alert.id, target, body: `${JSON.stringify(alert)}\n` }))

/** Redirects are not followed: they could lead where the address itself may not. */
const post = Effect.fnUntraced(function*(url: string, { body, id }: PendingAlert) {
  const client = yield* HttpClient.HttpClient
  const { status } = yield* client.execute(HttpClientRequest.post(url).pipe(
    HttpClientRequest.setHeader("idempotency-key", id),
    HttpClientRequest.bodyText(body, "application/json")
  )).pipe(
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
    Effect.timeout(timeoutMs)
  )
  return status >= 200 && status < 300 ? null : `it answered with HTTP status ${status}${status >= 300 && status < 400 ? ", and redirects are not followed" : ""}`
})

const runCommand = Effect.fnUntraced(function*(command: string, body: string) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const child = yield* spawner.spawn(ChildProcess.make(command, [], {
    stdin: { stream: Stream.make(new TextEncoder().encode(body)), endOnDone: true },
    stdout: "ignore",
    stderr: "inherit",
    extendEnv: true
  }))
  const code = yield* child.exitCode
  return code === 0 ? null : `it ended with code ${code}`
}, Effect.scoped, Effect.timeout(timeoutMs))

/**
 * Sends an alert to its target, and says whether it was taken; what goes wrong is logged
 * and stops nothing. A target that is no longer there takes everything.
 */
export const sendAlert = Effect.fn("Watch.sendAlert")(function*(targets: AlertTargets, alert: PendingAlert) {
  const { target } = alert
  const to = targets[target]
  if (to === null) return true
  const sending: Effect.Effect<string | null, { readonly message: string }, HttpClient.HttpClient | ChildProcessSpawner.ChildProcessSpawner> =
    target === "webhook" ? post(to, alert) : runCommand(to, alert.body)
  return yield* sending.pipe(
    Effect.catch(({ message }) => Effect.succeed(message)),
    Effect.flatMap((wrong) => wrong === null ? Effect.succeed(true) : Effect.as(Effect.logWarning(`alert to the ${target} failed: ${wrong}`), false)),
    Effect.catchDefect((defect) => Effect.as(Effect.logWarning(`alert to the ${target} failed`, defect), false))
  )
})
