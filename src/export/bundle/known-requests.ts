import { headersAroundTip } from "../../domain/header-range.ts"
import { derivedScripts, publicScriptsOf, scripthashOf } from "../../domain/public-script.ts"

/** A row of table `behaviour` of the same visit, by which questions that follow from answers are known. */
export interface JudgedQuestion {
  readonly subject: string
  readonly script_form: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

const number = /#([0-9]+)/

/**
 * The parameters of a request from before they were stored with its reply. Null
 * where they do not follow from the probe's name.
 */
export const knownParameters = (network: string, probe: string, judged: ReadonlyArray<JudgedQuestion>): ReadonlyArray<unknown> | null => {
  const name = probe.replace(/^deep\//, "").replace(/ again$/, "").replace(/@[0-9]+$/, "")
  const detailOf = (subject: string) => judged.find((row) => row.subject === subject)?.detail ?? {}
  const scripthash = (form: string | null | undefined) => {
    const script = publicScriptsOf(network).find((it) => it.form === form)
    return script === undefined ? null : [scripthashOf(script.script)]
  }
  const known = (...values: ReadonlyArray<unknown>) => values.every((value) => value !== undefined) ? values : null
  if (/^(?:banner|donation address|ping|idle ping#.*|peers#.*|features|fee histogram|mempool info|relay fee|tip.*)$/.test(name)) return []
  if (/^(?:header|fee)#/.test(name)) return [Number(number.exec(name)![1])]
  if (/^(?:history|balance)#/.test(name)) return scripthash(name.slice(name.indexOf("#") + 1))
  if (name.startsWith("derived balance#")) {
    const script = derivedScripts.scripts[Number(number.exec(name)![1]) - 1]
    return script === undefined ? null : [scripthashOf(script.script)]
  }
  switch (name) {
    case "transaction":
      return known(detailOf("transaction")["expected"])
    case "merkle proof":
      return known(detailOf("merkle proof")["txid"], detailOf("merkle proof")["height"])
    case "later merkle proof":
      return known(detailOf("later entry")["txid"], detailOf("later entry")["height"])
    case "header range": {
      const { from, tip } = detailOf("header range")
      return typeof from === "number" && typeof tip === "number" ? [from, tip - from + 1 + headersAroundTip] : null
    }
    case "later header":
      return known(detailOf("later entry")["height"])
    case "history":
    case "unspent":
    case "status":
      return scripthash(judged.find(({ script_form, subject }) => script_form !== null && (subject === "status" || subject === "unspent"))?.script_form)
    default:
      return null
  }
}
