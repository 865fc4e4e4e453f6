import { Config, Duration, Effect } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { isLoopback, isLoopbackOnly } from "../transport/address-policy.ts"
import { DiscoveryError } from "./discovery-error.ts"
import { exclusionEntries, makeExclusions } from "./exclude.ts"
import { collectBounded, decodeText, maxListBytes, readTextFile } from "./read-list.ts"

const fetchTimeout = Duration.seconds(30)
const maxRedirects = 3

const loopbackOnly = Config.String("OBSERVATORY_LOOPBACK_ONLY").pipe(
  Config.withDefault(""),
  Config.map(isLoopbackOnly),
  // A value that cannot be read is one that is set.
  (config) => Effect.orElseSucceed(config, () => true)
)

/** Whether a source of opt-out entries is a URL, fetched, and not a file. */
export const isUrl = (source: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(source)

const checkUrl = Effect.fnUntraced(function*(text: string, subject: string) {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return yield* new DiscoveryError({ reason: "not allowed", subject, message: `${text} is no http or https URL.` })
  }
  if ((yield* loopbackOnly) && !isLoopback(url.hostname.replace(/^\[|\]$/g, ""))) {
    return yield* new DiscoveryError({
      reason: "not allowed",
      subject,
      message: `OBSERVATORY_LOOPBACK_ONLY is set, so ${url.host} is not contacted.`
    })
  }
  return url
})

const fetchText = Effect.fnUntraced(function*(subject: string) {
  const client = yield* HttpClient.HttpClient
  let url = yield* checkUrl(subject, subject)
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = yield* client.get(url.href, { headers: { accept: "text/plain, application/json" } })
    const location = response.headers["location"]
    if (response.status >= 300 && response.status < 400 && location !== undefined) {
      // Every hop passes the same check: a redirect must not lead where the URL itself may not.
      url = yield* checkUrl(URL.parse(location, url.href)?.href ?? location, subject)
      continue
    }
    if (response.status !== 200) {
      return yield* new DiscoveryError({
        reason: "http status",
        subject,
        message: `${subject} answered with HTTP status ${response.status}.`
      })
    }
    const chunks = yield* collectBounded(response.stream, maxListBytes, () =>
      new DiscoveryError({
        reason: "too large",
        subject,
        message: `${subject} is larger than ${maxListBytes.toLocaleString("en")} bytes.`
      }))
    return decodeText(chunks)
  }
  return yield* new DiscoveryError({
    reason: "http status",
    subject,
    message: `${subject} redirects more than ${maxRedirects} times.`
  })
}, (effect, subject) =>
  effect.pipe(
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual", credentials: "omit" }),
    Effect.catchTag("HttpClientError", (error) =>
      Effect.fail(
        new DiscoveryError({
          reason: "cannot read",
          subject,
          message: `${subject} cannot be fetched: ${error.message}`
        })
      )),
    Effect.timeoutOrElse({
      duration: fetchTimeout,
      orElse: () =>
        Effect.fail(
          new DiscoveryError({
            reason: "timeout",
            subject,
            message: `${subject} did not answer in full within ${Duration.toSeconds(fetchTimeout)} seconds.`
          })
        )
    })
  ))

/**
 * The opt-out list of `--exclude FILE|URL`. A list that cannot be read, or of
 * which nothing can be read, fails: going on without it would break a promise.
 * Single unreadable lines are in `unreadable`, for the user to see. Needs
 * `HttpClient` (any client that leaves redirects to us, or fetch) for URLs.
 */
export const readExclusions = Effect.fn("readExclusions")(function*(fileOrUrl: string) {
  const text = yield* (isUrl(fileOrUrl) ? fetchText(fileOrUrl) : readTextFile(fileOrUrl))
  const entries = exclusionEntries(text)
  const list = entries === undefined ? undefined : makeExclusions(entries)
  if (list === undefined || (list.size === 0 && list.unreadable.length > 0)) {
    return yield* new DiscoveryError({
      reason: "bad format",
      subject: fileOrUrl,
      message: `${fileOrUrl} is no opt-out list: one host, *.domain, address or CIDR block a line.`
    })
  }
  return list
})
