import { Effect } from "effect"
import type { Commit, ListedName } from "../../domain/listed-name.ts"
import { DiscoveryError } from "../discovery-error.ts"
import { maxCommits, readCommits, readFiles, readHead, readPaths } from "./git-repository.ts"
import { hostsInList, knownLists } from "./list-file.ts"

/** What a checkout tells of its lists. */
export interface ListHistory {
  /** Where the repository came from, without credentials; null where it does not say. */
  readonly origin: string | null
  readonly head: Commit
  readonly paths: ReadonlyArray<string>
  /** Commits that changed a list. */
  readonly commits: number
  readonly listed: ReadonlyArray<ListedName>
}

/** The names on the lists at one commit, `network host` each. */
interface ListState {
  readonly commit: Commit
  readonly names: ReadonlySet<string>
}

/** Hosts have no spaces, so one separates them. */
const nameOf = (network: string, host: string): string => `${network} ${host}`

interface Stay {
  first: Commit
  last: Commit
  removed: Commit | null
  times: number
}

/** Who stood on a list from when to when, by its states from the oldest to the newest. */
const staysOf = (states: ReadonlyArray<ListState>): ReadonlyArray<ListedName> => {
  const stays = new Map<string, Stay>()
  let before: ReadonlySet<string> = new Set()
  for (const { commit, names } of states) {
    for (const name of names) {
      const stay = stays.get(name)
      if (stay === undefined) stays.set(name, { first: commit, last: commit, removed: null, times: 1 })
      else {
        if (!before.has(name)) stay.times++
        stay.last = commit
        stay.removed = null
      }
    }
    for (const name of before) if (!names.has(name)) stays.get(name)!.removed = commit
    before = names
  }
  return [...stays].map(([name, stay]) => {
    const space = name.indexOf(" ")
    return { network: name.slice(0, space), host: name.slice(space + 1), ...stay }
  }).toSorted((a, b) => (a.network < b.network ? -1 : a.network > b.network ? 1 : a.host < b.host ? -1 : 1))
}

/** A function of path and content that is asked once for each. */
const remembered = <A>(read: (path: string, hash: string) => A): typeof read => {
  const known = new Map<string, A>()
  return (path, hash) => {
    const key = `${hash} ${path}`
    if (!known.has(key)) known.set(key, read(path, hash))
    return known.get(key)!
  }
}

/** Bytes of one version of a list; a longer one cannot be read. */
const maxVersionBytes = 5_000_000

/**
 * The history of the lists in a git checkout: along the main line (first
 * parents), each commit that changed a list, with the names on all lists of a
 * network together, so that a list that moves to another path or into several
 * files loses nobody. Needs git. Fails with `cannot read`, `bad format`, `too
 * large` or `timeout`.
 *
 * @param given a list at another path, and its network
 */
export const readListHistory = Effect.fn("readListHistory")(function*(
  folder: string,
  given: { readonly path: string; readonly network: string } | null
) {
  const { head, origin } = yield* readHead(folder)
  const paths = given === null ? yield* readPaths(folder, knownLists) : [given.path]
  const commits = paths.length === 0 ? [] : yield* readCommits(folder, paths)
  if (commits.length === 0 || commits.length > maxCommits) {
    return yield* new DiscoveryError({
      reason: commits.length === 0 ? "bad format" : "too large",
      subject: folder,
      message: commits.length === 0
        ? `${folder} has no list of servers in its history (${given === null ? knownLists.join(", ") : given.path}).`
        : `${folder} has more than ${maxCommits.toLocaleString("en")} commits that changed a list.`
    })
  }
  const { contents, objects } = yield* readFiles(folder, commits.flatMap(({ hash }) => paths.map((path) => `${hash}:${path}`)), maxVersionBytes)
  const namesIn = remembered((path: string, hash: string) => {
    const content = contents.get(hash)
    const hosts = content === undefined ? null : hostsInList(path, content, given?.network ?? null)
    return hosts === null ? null : [...hosts].flatMap(([network, names]) => names.map((host) => nameOf(network, host)))
  })
  const at = new Map<string, ReadonlyArray<string>>()
  const states = commits.map((commit): ListState => {
    for (const path of paths) {
      const hash = objects.get(`${commit.hash}:${path}`)
      // A version that cannot be read leaves everybody where they stood.
      const names = hash === undefined ? [] : namesIn(path, hash)
      if (names !== null) at.set(path, names)
    }
    return { commit, names: new Set([...at.values()].flat()) }
  })
  const history: ListHistory = { origin, head, paths, commits: commits.length, listed: staysOf(states) }
  return history
})
