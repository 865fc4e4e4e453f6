import { ofBoth } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { isHitOn, spoken } from "./voice.ts"

/** Gifts to both go to one address. */
export const donationAddress: Comparison = {
  name: "donation address",
  definition: "Both ask for gifts at one address that money can be sent to and that is no default of software; or at different ones, which may also be links and names for Lightning or e-mail.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "donation",
  levels: [
    // u: addresses are unique; a guide with its author's in it, unknown to the catalogue, brings strangers to one.
    { name: "the same", m: 0.45, u: 1e-5, measured: false },
    // One operator may well use an address a server: at most two bits against.
    { name: "different", m: 0.28, u: 0.99, measured: false }
  ],
  innocent: ["a guide or image with the address of its author", "gifts passed on to one cause", "somebody who copied a server's texts"],
  keys: ({ donation }) => {
    const address = spoken(donation)
    return address === undefined ? [] : [address]
  },
  compare: (a, b) => {
    const [ofA, ofB] = [spoken(a.donation), spoken(b.donation)]
    if (ofA === undefined || ofB === undefined) return undefined
    if (ofA === ofB && isHitOn(a.donation, b.donation)) return undefined
    return ofA === ofB
      ? { level: 0, value: ofA, detail: () => ({ donation_address: ofA }) }
      : { level: 1, detail: () => ({ donation_addresses: ofBoth(ofA, ofB) }) }
  }
}
