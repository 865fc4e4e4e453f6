import { Effect } from "effect"
import { Flag } from "effect/cli"
import type { HasOptedOut } from "../atlas/atlas.ts"
import type { Exclusions } from "../discovery/exclude.ts"
import { repeated } from "./option.ts"
import { readAllExclusions } from "./run-crawl.ts"

/** Opt-out lists for what is handed on; a crawl has its own flag, as it also dials nobody on them. */
export const optedOutFlag = repeated("exclude", "Opt-out list: hosts, *.domain, CIDR blocks, onions; of their operators public outputs say nothing inferred.").pipe(
  Flag.withMetavar("FILE|URL")
)

/** Whether the operator of a host asked to be left out, by lists that were read. */
export const optedOutBy = ({ excludes }: Exclusions): HasOptedOut => (host) => excludes(host, []) !== undefined

/** The same by the lists of `--exclude`; fails where one cannot be read. */
export const readOptedOut = (sources: ReadonlyArray<string>) => Effect.map(readAllExclusions(sources), optedOutBy)
