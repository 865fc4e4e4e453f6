/** A commit of a repository. */
export interface Commit {
  readonly hash: string
  /** The committer's time, milliseconds since 1970. */
  readonly at: number
}

/** How long one name stood on a list of one network. */
export interface ListedName {
  readonly network: string
  readonly host: string
  /** The commit that brought it first. */
  readonly first: Commit
  /** The last commit of the list in which it stood. */
  readonly last: Commit
  /** The commit that took it off for good; null while it stands there. */
  readonly removed: Commit | null
  /** How often it was brought: more than once where it had been taken off meanwhile. */
  readonly times: number
}
