import { collectFrom } from "../store/collect-garbage.ts"

/** Bytes of V8's heap below which it is left alone: a smaller crawl is done before it matters. */
const enough = 300_000_000

/**
 * Collects what a part of an analysis left behind before the next one begins. V8
 * would let a gigabyte of it stand while threads beside it need theirs; this
 * takes some tenths of a second. Of this thread's own heap.
 */
export const spareHeapNow = (): void => collectFrom(enough)
