import { addressScope, canonicalAddress, isServerAddress } from "../domain/address.ts"
import type { Advertisement, AdvertisementProblem } from "../domain/advertisement.ts"
import type { Chain } from "../domain/chain.ts"
import { type Host, parseHost } from "../domain/host.ts"
import { cut, maxRawLength, quoted } from "./bounded-text.ts"
import type { FeatureTokens } from "./feature-tokens.ts"

/** What one announcement says, in whatever format it came, before it is judged. */
export interface Claim extends FeatureTokens {
  /** The announcement as received. */
  readonly raw: string
  readonly host: string
  /** The address given for the host; null where the format has none. */
  readonly address: string | null
}

/** Whose announcement it is. */
export interface ClaimRules {
  /** Names without a dot and local-use names are hosts: a user's own servers. */
  readonly localNames: boolean
  /** Hosts and addresses that are not public are no problem, only noted. The dial policy decides later. */
  readonly allowPrivate: boolean
  /** On simulated chains servers are at addresses that nobody owns. */
  readonly simulated: boolean
}

/** Strangers' announcements. */
export const strangersRules: ClaimRules = { localNames: false, allowPrivate: false, simulated: false }

/** A user's own list: local names and private hosts are theirs to name. */
export const ownRules: ClaimRules = { localNames: true, allowPrivate: true, simulated: false }

/** The same on a chain, by `--allow-private`. */
export const strangersRulesOn = ({ simulated }: Pick<Chain, "simulated">, allowPrivate: boolean): ClaimRules => ({
  ...strangersRules,
  allowPrivate,
  simulated
})

const maxNotes = 12

const boundNotes = (notes: ReadonlyArray<string>): ReadonlyArray<string> =>
  notes.length <= maxNotes ? notes : [...notes.slice(0, maxNotes), `${notes.length - maxNotes} more notes`]

/** An announcement that cannot be followed at all. */
export const malformed = (
  raw: string,
  problem: AdvertisementProblem,
  notes: ReadonlyArray<string> = []
): Advertisement => ({
  raw: cut(raw, maxRawLength),
  host: null,
  networkClass: null,
  address: null,
  versionText: null,
  pruning: null,
  services: [],
  problem,
  notes: boundNotes(notes)
})

/** Why a host text is none, in more words than the parser's where the text is of a common kind. */
const hostNote = (text: string, problem: string): string => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `host is a URL ${quoted(text)}`
  if (/^[^:[\]]+:[0-9]+(?::[a-z])?$/i.test(text)) return `host carries a port ${quoted(text)}`
  return `${problem} ${quoted(text)}`
}

interface JudgedAddress {
  readonly address: string | null
  readonly problem: AdvertisementProblem | null
  readonly notes: ReadonlyArray<string>
}

const notPublic = (address: string): string => `${addressScope(address) ?? "reserved"} address ${address}`

const judgeAddress = (host: Host, text: string | null, rules: ClaimRules): JudgedAddress => {
  const literal = host.networkClass === "ipv4" || host.networkClass === "ipv6" ? host.text : null
  if (text === null) return { address: literal, problem: null, notes: [] }
  const parsed = parseHost(text, { localNames: true })
  if (typeof parsed === "object" && parsed.text === host.text) return { address: literal, problem: null, notes: [] }
  const address = typeof parsed === "object" ? canonicalAddress(parsed.text) : undefined
  if (address === undefined) return { address: literal, problem: "bad address", notes: [`bad address ${quoted(text)}`] }
  if (!isServerAddress(address, rules.simulated)) {
    return { address, problem: rules.allowPrivate ? null : "address not public", notes: [notPublic(address)] }
  }
  return { address, problem: null, notes: literal === null ? [] : [`address differs from host ${quoted(text)}`] }
}

/**
 * Turn a claim into an advertisement: canonical host and address, and the
 * problem that matters most. A bogus address costs nothing (the host is dialled
 * by its name); a host that is none, or is a private literal, costs all services.
 */
export const advertisementOf = (claim: Claim, rules: ClaimRules): Advertisement => {
  if (claim.raw.length > maxRawLength) return malformed(claim.raw, "too long")
  const host = parseHost(claim.host, rules)
  if (typeof host === "string") return malformed(claim.raw, "bad host", [hostNote(claim.host, host), ...claim.notes])
  const judged = judgeAddress(host, claim.address, rules)
  const privateHost = addressScope(host.text) !== undefined && !isServerAddress(host.text, rules.simulated)
  const hidden = privateHost && !rules.allowPrivate
  return {
    raw: cut(claim.raw, maxRawLength),
    host: host.text,
    networkClass: host.networkClass,
    address: judged.address,
    versionText: claim.versionText,
    pruning: claim.pruning,
    services: hidden ? [] : claim.services,
    problem: hidden ? "address not public" : claim.services.length === 0 ? "no usable port" : judged.problem,
    notes: boundNotes([...(privateHost ? [notPublic(host.text)] : []), ...judged.notes, ...claim.notes])
  }
}
