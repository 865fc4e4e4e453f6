import { ofBoth } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { isHitOn, spoken } from "./voice.ts"

const excerpt = (text: string): string => text.slice(0, 300)

/** Both greet in the same words. */
export const banner: Comparison = {
  name: "banner",
  definition: "Both show one banner that is no default of software, after versions, own hosts, addresses, dates and numbers are left out; or different ones, of which one word of one's own is enough.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "banner",
  levels: [
    // u: a guide or a hoster whose banner the catalogue does not know: one pair in a thousand.
    { name: "the same", m: 0.5, u: 1e-3, measured: false },
    // Operators do word the banners of their servers differently: at most two bits against.
    { name: "different", m: 0.3, u: 0.99, measured: false }
  ],
  innocent: ["a guide, image or hoster whose text the catalogue does not know", "somebody who copied a server's texts", "one common phrase"],
  keys: ({ banner }) => {
    const text = spoken(banner)
    return text === undefined ? [] : [text]
  },
  compare: (a, b) => {
    const [ofA, ofB] = [spoken(a.banner), spoken(b.banner)]
    if (ofA === undefined || ofB === undefined) return undefined
    if (ofA === ofB && isHitOn(a.banner, b.banner)) return undefined
    return ofA === ofB
      ? { level: 0, value: ofA, detail: () => ({ banner: excerpt(ofA) }) }
      : { level: 1, detail: () => ({ banners: ofBoth(excerpt(ofA), excerpt(ofB)) }) }
  }
}
