/** Mixes two 32-bit numbers into one that depends on every bit of both (after MurmurHash3's finalizer). */
export const mix = (a: number, b: number): number => {
  let h = Math.imul(a ^ Math.imul(b + 0x9e3779b9, 0x85ebca6b), 0xc2b2ae35)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/**
 * A number in [0, 1) that depends on a seed, a thing and a purpose only: what is
 * drawn for one thing does not move when others come and go. Cheap where there
 * are too many things for a stream of their own.
 */
export const drawn = (seed: number, thing: number, purpose: number): number =>
  mix(mix(seed, thing), purpose) / 4294967296

/** Exponentially distributed with mean 1. */
export const drawnWait = (seed: number, thing: number, purpose: number): number =>
  -Math.log(1 - drawn(seed, thing, purpose))

/** Nearly normal with mean 0 and deviation 1: four draws summed. */
export const drawnNormal = (seed: number, thing: number, purpose: number): number => {
  let sum = 0
  for (let i = 0; i < 4; i++) sum += drawn(seed, thing, purpose * 4 + i)
  return (sum - 2) * Math.sqrt(3)
}
