import type { Chain } from "../../../domain/chain.ts"
import { type Endpoint, makeEndpoint } from "../../../domain/endpoint.ts"
import { bracketed, parseHost } from "../../../domain/host.ts"
import { literalOfLocalhost, percentDecoded } from "../../../transport/proxy-target.ts"

/** A channel to listen in. */
export interface IrcTarget {
  readonly endpoint: Endpoint
  readonly channel: string
  /** How nicks of servers begin; empty: all nicks count. */
  readonly nickPrefix: string
  /** For SASL; null for none. */
  readonly account: { readonly account: string; readonly password: string } | null
}

const usualPorts = { irc: 6667, ircs: 6697 } as const

/** RFC 2812 section 1.3: what a channel's name may be, without what would end the word. */
const channelName = /^[#&+!][^\s,:\p{Cc}]{1,49}$/u

/** The channel a URL names, as `/#name`, `/name` or `#name`; null where it names none. */
const channelOf = (url: URL): string | null | undefined => {
  const text = percentDecoded(url.hash !== "" ? url.hash : url.pathname.slice(1))
  return text === "" ? null : text === undefined || /^[#&+!]/.test(text) ? text : `#${text}`
}

/**
 * Read `irc://[account:password@]host[:port][/channel][?prefix=E_]`, or `ircs://`
 * for TLS. What is missing is the chain's legacy channel and nick prefix. A
 * string says what is wrong.
 */
export const parseIrcTarget = (text: string, chain: Pick<Chain, "irc" | "name">): IrcTarget | string => {
  const url = URL.parse(text)
  const scheme = url?.protocol.slice(0, -1)
  if (url === null || (scheme !== "irc" && scheme !== "ircs")) return "expected irc://HOST[:PORT]/CHANNEL or ircs://…"
  const host = parseHost(literalOfLocalhost(url.hostname.replace(/^\[(.*)\]$/, "$1")), { localNames: true })
  if (typeof host === "string") return host
  const named = channelOf(url)
  const channel = named === null ? chain.irc?.channel : named
  if (channel === undefined) return `${chain.name} has no channel of its own: name one`
  if (!channelName.test(channel)) return "that is no channel"
  const prefix = url.searchParams.get("prefix") ?? chain.irc?.nick_prefix ?? ""
  if (!/^[^\s,:\p{Cc}]{0,16}$/u.test(prefix)) return "that is no prefix of nicks"
  const [account, password] = [percentDecoded(url.username), percentDecoded(url.password)]
  if (account === undefined || password === undefined) return "the account is not percent-encoded"
  if ((account === "") !== (password === "")) return "an account needs a password"
  return {
    endpoint: makeEndpoint(host, url.port === "" ? usualPorts[scheme] : Number(url.port), scheme === "ircs" ? "tls" : "tcp"),
    channel,
    nickPrefix: prefix,
    account: account === "" ? null : { account, password }
  }
}

/** The target as it is stored and shown: never with the account. */
export const ircTargetText = ({ channel, endpoint: { host, port, transport } }: IrcTarget): string =>
  `${transport === "tls" ? "ircs" : "irc"}://${bracketed(host)}:${port}/${channel}`
