/** Satoshi of an amount in bitcoin, as replies give it: to the whole one. */
export const satoshiOf = (bitcoin: number): number => Math.round(bitcoin * 1e8)
