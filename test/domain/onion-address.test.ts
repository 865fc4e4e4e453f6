import { describe, expect, it } from "vitest"
import { isPossibleOnion } from "../../src/domain/onion-address.ts"

/** The Tor Project's own site. */
const known = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"

describe("a version 3 onion", () => {
  it("is possible with the check digits of its key, also below it", () => {
    expect([`${known}.onion`, `electrum.${known}.onion`].map(isPossibleOnion)).toEqual([true, true])
  })

  it("hardly ever is with a letter changed, nor is anything else", () => {
    const changed = [...known].flatMap((own, at) =>
      [..."abcdefghijklmnopqrstuvwxyz234567"].flatMap((letter) => letter === own ? [] : [`${known.slice(0, at)}${letter}${known.slice(at + 1)}.onion`]))
    // The check has 16 bits, so one of these 1,736 fits by chance.
    expect(changed.filter(isPossibleOnion).length).toBeLessThanOrEqual(1)
    for (const host of ["", "a.example", `${known}.example`, `${known.slice(1)}.onion`, `${"victim2".repeat(8)}.onion`]) {
      expect(isPossibleOnion(host), host).toBe(false)
    }
  })
})
