import { type Indicator, named } from "../indicator.ts"

/** Markup of a page that a wallet might show as one. */
const markup = /<(?:script|iframe|object|img|svg|style|form|link|a|h[1-6]|b|i|p|br|div|span)\b[^>]*>/i

/** Markup that runs or leads somewhere. */
const dangerous = /<(?:script|iframe|object|a\s[^>]*href|img\s[^>]*onerror)/i

/** Terminal escapes and marks that turn the direction of writing; tabs and line ends are usual. */
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

/** Colours and line ends in a text for terminals: escapes that do nothing else. */
// oxlint-disable-next-line no-control-regex
const colours = /\u001b\[[0-9;]*m/g

/** What clears a screen, sets a title or writes backwards, and is no drawing. */
// oxlint-disable-next-line no-control-regex
const acting = /[\u001b\u009b\u009d\u202e]/

const judge = (text: string): number => {
  if (dangerous.test(text)) return 1
  if (acting.test(text.replaceAll(colours, ""))) return 0.6
  return markup.test(text) ? 0.5 : control.test(text) ? 0.3 : 0
}

const most = 200

/**
 * Does a server answer with texts that do something to whoever shows them:
 * markup, as in the phishing of December 2018, terminal escapes, marks that turn
 * writing round? A wallet that cleans texts is safe from them.
 */
export const harmfulTexts: Indicator = (server) => {
  const texts = [
    ...server.visits.flatMap(({ bannerText, claimedHosts, visitId }) => [
      ...(bannerText === null ? [] : [{ visitId, probe: "banner", text: bannerText }]),
      ...(claimedHosts ?? []).map((text) => ({ visitId, probe: "features", text }))
    ]),
    ...server.errorTexts,
    // Entries of its own making; others' are passed on by honest servers too.
    ...(server.announced?.examples ?? []).map((text) => ({ visitId: null, probe: "peers", text }))
  ]
  if (texts.length === 0) return { untested: "it showed no text" }
  const found = texts.map((it) => ({ ...it, harm: judge(it.text) })).filter(({ harm }) => harm > 0)
  return {
    value: found.length,
    share: Math.max(0, ...found.map(({ harm }) => harm)),
    detail: found.length === 0 ? {} : {
      texts: named(found.map(({ probe, text, visitId }) => ({ visit_id: visitId, probe, text: text.slice(0, most).toWellFormed() })))
    }
  }
}
