import { nearestName } from "../store/nearest-name.ts"
import { environmentName } from "./option.ts"

/** Variables that are no flag's twin and mean something all the same. */
const others: ReadonlySet<string> = new Set(["OBSERVATORY_LOOPBACK_ONLY"])

/** Variables that are called like twins of flags and are nobody's: a typing mistake that would have no effect. */
export const unknownTwins = (env: Record<string, string | undefined>, knownFlags: ReadonlySet<string>): ReadonlyArray<string> => {
  const known = new Set([...knownFlags].map(environmentName))
  return Object.keys(env).filter((name) => name.startsWith("OBSERVATORY_") && !known.has(name) && !others.has(name)).toSorted()
}

/** Said of each: it does not end the command, since a variable may be another version's. */
export const unknownTwinText = (name: string, knownFlags: ReadonlySet<string>): string => {
  const meant = nearestName(name, [...knownFlags].map((flag) => environmentName(flag).toLowerCase()))
  return `${name} is no variable of this program and has no effect${meant === undefined ? "" : `; did you mean ${meant.toUpperCase()}?`}`
}
