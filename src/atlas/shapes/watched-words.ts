/** How much of the watched time is shown, up to the last look of the crawl's time. */
export const watchedWindows = ["day", "week", "month", "all"] as const
export type WatchedWindow = (typeof watchedWindows)[number]

/**
 * What one step of a strip says, a letter each: `u` it answered; `d` it did not;
 * `m` both; `n` it did not, as most of its network or country did not at that
 * time; `o` our own line was down, or Tor, ours or all of it; `-` nobody looked, or the failure may be ours.
 */
export const stripLetters = ["u", "d", "m", "n", "o", "-"] as const
export type StripLetter = (typeof stripLetters)[number]
