import type { Route } from "./candidate.ts"
import type { Concentration } from "./concentration.ts"
import type { Estimate } from "./interval.ts"
import type { PolicyExposure } from "./policy-lab.ts"

/** A wallet as the model has it. */
export interface WalletModel {
  readonly wallet: "Electrum" | "one server"
  readonly route: Route
  readonly savedServer: boolean
}

/** A probability in percent, never 0 or 100 for what may or may not be. */
export const percent = (share: number): string => {
  if (share > 0 && share < 0.0005) return "under 0.1 %"
  if (share < 1 && share > 0.995) return "over 99 %"
  return `${share > 0 && share < 0.0995 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`
}

const startsText = (starts: number): string => starts === 1 ? "one start" : `${starts} starts`

/** What follows from what one owner comes to see: for users first, then for developers of wallets. */
export const ownerRecommendation = (
  model: WalletModel,
  starts: number,
  { connected, main }: { readonly main: Estimate; readonly connected: Estimate }
): string => {
  const parts: Array<string> = []
  const within = `within ${startsText(starts)}`
  if (main.low >= 0.5) {
    parts.push(
      model.savedServer
        ? `More likely than not it sees all addresses ${within}: use a server of your own`
        : `More likely than not it sees all addresses ${within}: use a server of your own, or save one that you trust`
    )
    parts.push("wallets should draw the operator before the server")
  } else if (main.mean >= 0.1) {
    parts.push(
      model.savedServer
        ? `In ${percent(main.mean)} of wallets the saved server is one of these and sees all addresses: know who runs the one you save`
        : `In ${percent(main.mean)} of wallets it sees all addresses ${within}: save one server that you trust instead of drawing one at every start`
    )
  } else if (main.high >= 0.02) {
    parts.push(`It sees all addresses of few wallets (${percent(main.mean)} ${within}): no reason to change the server, a reason not to reuse addresses for what must not be linked`)
  }
  if (model.wallet === "Electrum" && connected.low >= 0.5 && model.route === "clearnet") {
    parts.push(`it learns the IP address of most wallets (${percent(connected.mean)}): use Tor`)
  }
  if (parts.length === 0) return `At most ${percent(main.high)} of wallets show it their addresses ${within}: nothing to do on its account.`
  const sentence = parts.join("; ")
  return `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`
}

const units = { server: "servers", operator: "probable operators" } as const

const places = {
  operator: "operator",
  asn: "autonomous system",
  "cloud region": "cloud region",
  country: "country",
  software: "software",
  bucket: "/16 or /48"
} as const

/** From where on competition authorities call a market highly concentrated (US merger guidelines: 1,800 of 10,000). */
const concentrated = 0.18

/** A share that a wallet of ten connections mostly meets: 1 - 0.9^10 is 65 %. */
const large = 0.1

/** What follows from a figure of concentration. */
export const concentrationRecommendation = (figure: Concentration): string => {
  const { counted, dimension, hhi, level, nakamoto, unknown } = figure
  const place = places[dimension]
  const what = units[level]
  if (counted === 0) return `Nothing is known of the ${place} of any of them: enrich the crawl before saying anything.`
  if (unknown > counted) {
    return `Of ${unknown} ${what} against ${counted} the ${place} is not known: enrich the crawl before relying on this.`
  }
  const share = percent(figure.largestShare)
  if (nakamoto.high <= 1) {
    return dimension === "software"
      ? `One software has more than half of the ${what} (${share}): a fault in it reaches most wallets; operators of new servers should run another one.`
      : `One ${place} has more than half of the ${what} (${share}): wallets should hold servers of other ones too, and users choose one outside it.`
  }
  if (hhi.low >= concentrated) {
    return `Highly concentrated, whatever the unknown ones are: wallets should take at most one server per ${place}.`
  }
  if (hhi.high >= concentrated || nakamoto.low <= 1) {
    return `Whether it is highly concentrated depends on what is not known: a limit of one server per ${place} costs wallets little and would cover it.`
  }
  const half = `more than half of the ${what} takes ${Math.round(nakamoto.low)} or more`
  return figure.largestShare >= large
    ? `Not highly concentrated, ${half}, but the largest has ${share}: a limit of one server per ${place} would cut what it sees.`
    : `Not highly concentrated: ${half}, the largest has ${share}; a limit per ${place} would add little.`
}

/** What follows from comparing rules; `today` is the first of them. */
export const policyRecommendation = (policy: PolicyExposure, today: PolicyExposure): string => {
  const { route, worstAll, worstConnected, worstScripts } = policy
  if (policy.served === 0) return "No wallet would find a server: not usable on this network."
  if (policy.served < 0.5) return `Most wallets would find no server (${percent(1 - policy.served)}): not usable on this network.`
  if (policy.policy === today.policy) {
    return worstScripts.low >= 0.1
      ? `One owner learns ${percent(worstScripts.mean)} of the scripts within ${startsText(policy.starts)}: developers should take a rule with a lower figure, users a server of their own.`
      : `The best informed owner learns ${percent(worstScripts.mean)} of the scripts within ${startsText(policy.starts)}: what other rules gain is below.`
  }
  if (worstScripts.high === 0) return "Nobody else learns anything: the best choice for who can run a server."
  const hides = !policy.showsIp && today.showsIp ? " and shows no IP address" : ""
  const price = policy.ownersAsked > 1.5 * today.ownersAsked
    ? `, but ${policy.ownersAsked.toFixed(1)} owners instead of ${today.ownersAsked.toFixed(1)} learn something`
    : ""
  if (worstScripts.high < today.worstScripts.low) {
    return `Better than today${hides}: the best informed owner learns ${percent(worstScripts.mean)} of the scripts instead of ${percent(today.worstScripts.mean)}${price}.`
  }
  if (worstScripts.low > today.worstScripts.high) {
    return `Worse than today in what the best informed owner learns (${percent(worstScripts.mean)} of the scripts instead of ${percent(today.worstScripts.mean)})${
      route === "tor" ? ", though it shows no IP address" : ""
    }: not on its own.`
  }
  if (worstAll.high < today.worstAll.low) {
    return `Hides how scripts belong together: one owner gets all of them in ${percent(worstAll.mean)} of wallets instead of ${percent(today.worstAll.mean)}${price}.`
  }
  if (hides !== "") return "No clear difference in what the best informed owner learns, but it shows no IP address: worth it for who wants to hide that."
  return worstConnected.high < today.worstConnected.low
    ? "No clear difference in scripts, fewer IP addresses at the owner who meets most: a small gain."
    : "No clear difference from today on this network: not worth a change by itself."
}
