import { Effect, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import type { WatchEvent } from "../domain/watch.ts"

/** Where alerts go. */
export interface AlertTargets {
  /** Gets each batch of events as JSON by POST. */
  readonly webhook: string | null
  /** A program without arguments; it gets the same JSON on standard input. */
  readonly command: string | null
}

/** What is sent. */
export interface Alert {
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
  return told.length === 0
    ? null
    : { ...of, at: iso(at), events: told.map((event) => ({ ...event, earliest: iso(event.earliest), latest: iso(event.latest) })) }
}

/** Redirects are not followed: they could lead where the address itself may not. */
const post = Effect.fnUntraced(function*(url: string, body: string) {
  const client = yield* HttpClient.HttpClient
  const { status } = yield* client.execute(HttpClientRequest.post(url).pipe(HttpClientRequest.bodyText(body, "application/json"))).pipe(
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

/** Sends an alert; what goes wrong with it is logged and stops nothing. */
export const sendAlert = Effect.fn("Watch.sendAlert")(function*(targets: AlertTargets, alert: Alert) {
  const body = `${JSON.stringify(alert)}\n`
  const warn = (where: string) => <E extends { readonly message: string }, R>(sending: Effect.Effect<string | null, E, R>) =>
    sending.pipe(
      Effect.catch(({ message }) => Effect.succeed(message)),
      Effect.flatMap((wrong) => wrong === null ? Effect.void : Effect.logWarning(`alert to the ${where} failed: ${wrong}`)),
      Effect.catchCause((cause) => Effect.logWarning(`alert to the ${where} failed`, cause))
    )
  if (targets.webhook !== null) yield* post(targets.webhook, body).pipe(warn("webhook"))
  if (targets.command !== null) yield* runCommand(targets.command, body).pipe(warn("command"))
})
