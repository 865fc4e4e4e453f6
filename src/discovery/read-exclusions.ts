import { Effect } from "effect"
import { exclusionEntries, exclusionsOf } from "../domain/exclusions.ts"
import { DiscoveryError } from "./discovery-error.ts"
import { listName, readFileOrUrl } from "./fetch-list.ts"
import { decodeText } from "./read-list.ts"

/**
 * The opt-out list of `--exclude FILE|URL`. A list that cannot be read, or of
 * which nothing can be read, fails: going on without it would break a promise.
 * Single unreadable lines are in `unreadable`, for the user to see. Needs
 * `HttpClient` (any client that leaves redirects to us, or fetch) for URLs.
 */
export const readExclusions = Effect.fn("readExclusions")(function*(fileOrUrl: string) {
  const text = decodeText((yield* readFileOrUrl(fileOrUrl)).bytes)
  const entries = exclusionEntries(text)
  const list = entries === undefined ? undefined : exclusionsOf([{ source: fileOrUrl, entries }])
  if (list === undefined || (list.size === 0 && list.unreadable.length > 0)) {
    return yield* new DiscoveryError({
      reason: "bad format",
      subject: listName(fileOrUrl),
      message: `${listName(fileOrUrl)} is no opt-out list: one host, *.domain, address or CIDR block a line.`
    })
  }
  return list
})
