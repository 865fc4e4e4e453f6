import type { ServerTraits } from "../traits/server-traits.ts"
import { ofBoth } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

const ownBanner = ({ banner }: ServerTraits): string | undefined =>
  banner === null || banner.isDefault || banner.normalised === "" ? undefined : banner.normalised

const excerpt = (text: string): string => text.slice(0, 300)

/** Both greet in the same words. */
export const banner: Comparison = {
  name: "banner",
  definition: "Both show one banner that is no default of software, after versions, own hosts, addresses, dates and numbers are left out.",
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
  keys: (server) => {
    const text = ownBanner(server)
    return text === undefined ? [] : [text]
  },
  compare: (a, b) => {
    const [ofA, ofB] = [ownBanner(a), ownBanner(b)]
    if (ofA === undefined || ofB === undefined) return undefined
    return ofA === ofB
      ? { level: 0, value: ofA, detail: { banner: excerpt(ofA) } }
      : { level: 1, detail: { banners: ofBoth(excerpt(ofA), excerpt(ofB)) } }
  }
}
