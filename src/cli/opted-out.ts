import { Effect } from "effect"
import { Flag } from "effect/cli"
import type { HasOptedOut } from "../atlas/withholding.ts"
import type { Exclusions } from "../domain/exclusions.ts"
import { repeated } from "./option.ts"
import { readAllExclusions } from "./run-crawl.ts"

/** Opt-out lists for what is handed on; a crawl has its own flag, as it also dials nobody on them and keeps them. */
export const optedOutFlag = repeated("exclude", "Further opt-out list: hosts, *.domain, CIDR blocks, onions, which public outputs leave out; those of the crawls are honoured anyway.").pipe(
  Flag.withMetavar("FILE|URL")
)

/** Whether the operator of a host asked to be left out, by lists that were read. */
export const optedOutBy = ({ excludes }: Exclusions): HasOptedOut => (host, addresses) => excludes(host, addresses) !== undefined

/** The same by the lists of `--exclude`; fails where one cannot be read. */
export const readOptedOut = (sources: ReadonlyArray<string>) => Effect.map(readAllExclusions(sources), optedOutBy)
