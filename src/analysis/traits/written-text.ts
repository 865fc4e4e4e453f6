import { canonicalAddress } from "../../domain/address.ts"
import { bannerText } from "../../domain/default-values.ts"
import { defaultOf } from "../../domain/defaults.ts"
import { isPayable } from "./payable.ts"
import type { WrittenText } from "./server-traits.ts"

/** What a server's texts may say about itself, so that it is no part of the wording. */
export interface OwnFacts {
  /** Lower case. */
  readonly hosts: Iterable<string>
  readonly addresses: Iterable<string>
  readonly donation: string | null
}

/** Longer texts are compared by their beginning. */
const longest = 20_000

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** Where a text stands by itself and is no part of a longer name; `#` is where digits were, braces where something was left out. */
const standing = (texts: ReadonlyArray<string>): RegExp =>
  new RegExp(`(?<![a-z0-9.#}-])(?:${texts.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1)).map(escaped).join("|")})(?![a-z0-9#{-]|\\.[a-z0-9#{])`, "g")

/** Replaces texts where they stand by themselves. */
const marking = (text: string, texts: Iterable<string>, mark: string): string => {
  const present = [...texts].filter((it) => it !== "" && text.includes(it))
  return present.length === 0 ? text : text.replace(standing(present), mark)
}

const months = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
const dates = new RegExp(
  `(?<![a-z0-9])(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]+)?)?)?(?:z|[+-][0-9]{2}:?[0-9]{2})?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{1,2}(?:st|nd|rd|th)?\\.? ${months}\\.?(?:,? [0-9]{4})?|${months} [0-9]{1,2}(?:st|nd|rd|th)?(?:,? [0-9]{4})?|${months},? [0-9]{4})(?![a-z0-9])`,
  "g"
)
// Looking back for a digit keeps a long row of them from being tried from each of its places.
const versions = /(?<![0-9])(?:(?<![a-z])v)?[0-9]+(?:\.[0-9]+)+(?:[-+]?[a-z]{1,6}[0-9]{0,4})?(?![a-z])/g
const ipv4 = /(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9]|\.[0-9])/g
const ipv6 = /(?<![0-9a-z:#}])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![0-9a-z:#{])/g

/**
 * The wording of a text: in lower case, with single spaces, without numbers,
 * versions, dates, addresses, and what the server is and where gifts go to.
 * Normalising twice is the same as once.
 */
export const wording = (raw: string, own: OwnFacts): string => {
  const text = bannerText(raw.slice(0, longest)).normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim()
  const donation = own.donation?.toLowerCase() ?? ""
  const hosts = [...own.hosts].map((host) => host.toLowerCase())
  const marked = marking(marking(marking(text, [donation], "{donation}"), hosts, "{host}"), own.addresses, "{address}")
  return marked
    .replace(ipv4, "{address}")
    .replace(ipv6, (found) => canonicalAddress(found) === undefined ? found : "{address}")
    .replace(dates, "{date}")
    .replace(versions, "{version}")
    .replace(/[0-9]+/g, "#")
    .trim()
}

/** Words of greetings and of the trade: a text of nothing else is nobody's own. */
const plainWords = new Set(
  (
    "a an and are as at be been best brought by come coming connected connecting connection connections contact do donate donated donating " +
    "donation donations enjoy feel follow for free from fun happy has have hello help here hey hi host hosted hosting i if in is it its join keep love " +
    "main me message motd my nice node nodes not of on or our please private public run running runs sent server servers service support " +
    "supported thank thanks that the there this tip tips to up us use used using via visit visiting wallet want was we welcome with you your " +
    "bitcoin bitcoins btc bch block blocks blockchain chain coin coins core crypto electrum electrumx electrs fulcrum height lightning mainnet mempool " +
    "onion protocol rust sat sats satoshi satoshis signet ssl tcp testnet tls tor version"
  ).split(" ")
)

/** Fewer words of its own than this are a phrase that anybody hits on. */
const leastOwnWords = 2

/** Of scripts that set no spaces two letters are taken for a word. */
const words = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]{2}|\p{L}{2,}/gu

const wordsOf = (normalised: string): ReadonlySet<string> =>
  new Set(normalised.replace(/\{[a-z]+\}/g, " ").match(words)?.filter((word) => !plainWords.has(word)) ?? [])

/** How many different words of the wording are neither plain nor placeholders. */
export const ownWords = (normalised: string): number => wordsOf(normalised).size

/** No address with its parameters is longer than this. */
const longestAddress = 2000

/** Lines of a banner that are looked up one by one. */
const maxLines = 200

/**
 * A banner as its operator's text. Lines that widespread scripts put there are
 * left out. A default of software, and a text without words of its own, such as
 * a greeting with the server's name, are marked as default. One word that is no
 * part of its hosts' names is a voice all the same: "Hosted by Carl".
 */
export const writtenBanner = (raw: string, own: OwnFacts): WrittenText => {
  const lines = bannerText(raw).split("\n", maxLines).filter((line) => defaultOf("banner line", line) === undefined)
  const normalised = wording(lines.join("\n"), own)
  const isStock = defaultOf("banner", raw) !== undefined
  const spoken = wordsOf(normalised)
  const isDefault = isStock || spoken.size < leastOwnWords
  const labels = new Set([...own.hosts].flatMap((host) => host.toLowerCase().split(/[^\p{L}]+/u)))
  return { raw, normalised, isDefault, isVoice: !isDefault || (!isStock && spoken.values().some((word) => !labels.has(word))) }
}

/** A Lightning address, one for e-mail, a link: whoever it belongs to, another belongs to somebody else. */
const ofSomebody = /^[^\s@]+@[^\s@]+\.[^\s@]+$|^https?:\/\/\S+$/i

/**
 * An address for gifts: without scheme and parameters, in the one case that its
 * form has. Software's, a sample's and what nobody can pay to are marked as default;
 * what leads to somebody all the same is a voice.
 */
export const writtenDonation = (raw: string): WrittenText => {
  const bare = raw.trim().slice(0, longestAddress).replace(/^bitcoin:(?:\/\/)?/i, "").replace(/\?.*$/s, "").trim()
  const normalised = /^(?:bc|tb|bcrt|sp|tsp|lnurl)1[0-9a-z]{6,}$/i.test(bare) ? bare.toLowerCase() : bare
  const isStock = [raw, bare, normalised].some((text) => defaultOf("donation address", text) !== undefined)
  const isDefault = isStock || !isPayable(normalised)
  return { raw, normalised: normalised.slice(0, 200), isDefault, isVoice: !isDefault || (!isStock && ofSomebody.test(normalised)) }
}
