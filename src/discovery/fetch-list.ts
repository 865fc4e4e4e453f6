import { Config, Duration, Effect } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { isLoopback, isLoopbackOnly } from "../transport/address-policy.ts"
import { DiscoveryError } from "./discovery-error.ts"
import { collectBounded, type ListBytes, maxListBytes, readListFile } from "./read-list.ts"

const fetchTimeout = Duration.seconds(30)
const maxRedirects = 3

const loopbackOnly = Config.String("OBSERVATORY_LOOPBACK_ONLY").pipe(
  Config.withDefault(""),
  Config.map(isLoopbackOnly),
  // A value that cannot be read is one that is set.
  (config) => Effect.orElseSucceed(config, () => true)
)

/** Whether a list is a URL, fetched, and not a file. */
export const isUrl = (source: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(source)

/**
 * A list as it is stored and shown: of a URL neither account nor query, where
 * passwords and tokens are. A file stays as it is.
 */
export const listName = (fileOrUrl: string): string => {
  if (!isUrl(fileOrUrl)) return fileOrUrl
  const url = URL.parse(fileOrUrl)
  const place = url === null ? fileOrUrl.replace(/[?#].*$/s, "").replace(/^([a-z0-9+.-]+:\/\/).*@/is, "$1") : `${url.protocol}//${url.host}${url.pathname}`
  return /^[^#]*\?/.test(fileOrUrl) ? `${place}?…` : place
}

/** A sentence in which URLs are shown as lists are. */
const withoutSecrets = (sentence: string): string => sentence.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"')]+/gi, listName)

/** Whether a text is a URL that leads away from this machine. */
export const isElsewhere = (text: string): boolean => isUrl(text) && !isLoopback(hostIn(URL.parse(text)))

/** Host of a URL without the brackets of IPv6; empty where it is none. */
const hostIn = (url: URL | null): string => url?.hostname.replace(/^\[|\]$/g, "") ?? ""

const checkUrl = Effect.fnUntraced(function*(text: string, subject: string) {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return yield* new DiscoveryError({ reason: "not allowed", subject, message: `${listName(text)} is no http or https URL.` })
  }
  if (url.username !== "" || url.password !== "") {
    return yield* new DiscoveryError({ reason: "not allowed", subject, message: `${listName(text)} is given with an account, with which nothing is fetched.` })
  }
  if ((yield* loopbackOnly) && !isLoopback(hostIn(url))) {
    return yield* new DiscoveryError({
      reason: "not allowed",
      subject,
      message: `OBSERVATORY_LOOPBACK_ONLY is set, so ${url.host} is not contacted.`
    })
  }
  return url
})

/** Milliseconds since 1970 of a Last-Modified header; null where it is none. */
const headerDate = (text: string | undefined): number | null => {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? null : at
}

/**
 * The bytes behind an http or https URL, at most 10 MB, within 30 seconds. Fails
 * with reason `not allowed`, `http status`, `too large`, `timeout` or `cannot
 * read`. Needs `HttpClient` (any client that leaves redirects to us, or fetch).
 */
const fetchList = Effect.fnUntraced(function*(address: string) {
  const client = yield* HttpClient.HttpClient
  const subject = listName(address)
  let url = yield* checkUrl(address, subject)
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = yield* client.get(url.href, { headers: { accept: "text/plain, application/json, text/html" } })
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
    const list: ListBytes = { bytes: Buffer.concat(chunks), dated: headerDate(response.headers["last-modified"]) }
    return list
  }
  return yield* new DiscoveryError({
    reason: "http status",
    subject,
    message: `${subject} redirects more than ${maxRedirects} times.`
  })
}, (effect, address) => {
  const subject = listName(address)
  return effect.pipe(
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual", credentials: "omit" }),
    Effect.catchTag("HttpClientError", (error) =>
      Effect.fail(
        new DiscoveryError({
          reason: "cannot read",
          subject,
          message: `${subject} cannot be fetched: ${withoutSecrets(error.message)}`
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
  )
})

/** The bytes of `FILE|URL`, as flags name lists; see `fetchList` and `readListFile`. */
export const readFileOrUrl = (fileOrUrl: string) => isUrl(fileOrUrl) ? fetchList(fileOrUrl) : readListFile(fileOrUrl)
