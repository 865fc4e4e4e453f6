/**
 * Whether a source (an alias of table `source`) is public beside servers' peer
 * lists, in SQL: an IRC channel, a list or page at an address, a list shipped with
 * a wallet. What comes from a file or from a name that the user asked for is the
 * user's own.
 */
export const isPublicList = (source: string): string =>
  `(${source}.kind = 'irc' OR (${source}.kind IN ('list', 'page') AND regexp_matches(${source}.name, '^https?://'))
    OR (${source}.kind = 'list' AND coalesce(${source}.detail LIKE 'commit %', false)))`
