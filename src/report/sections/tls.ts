import type { Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted } from "../write/words.ts"
import { columns, firstRows, namedFigure, summedBy, topBars } from "./figure.ts"

/** Aspects that are drawn as parts of the servers that speak TLS. */
const drawn = ["TLS version", "key", "signed by", "validity"]

/** What servers show in TLS: versions, certificates, what the wallet would take, keys on several servers. */
export const tlsSection = ({ isLocal, named }: ReportFacts): Section => {
  const { acceptance, clusterSizes, issuers, keys, tls, validity } = named
  const keySizes = clusterSizes.rows.filter(({ attribute }) => attribute === "public key")
  const many = issuers.rows.filter(({ issuer, servers }) => issuer !== null && servers > 1)
  const aspects = Map.groupBy(tls.rows, ({ aspect }) => aspect)
  const speaking = aspects.get("TLS version")?.reduce((sum, { servers }) => sum + servers, 0) ?? 0
  const accepted = summedBy(acceptance.rows, (row) => row.wallet_accepts === null ? "not decided" : row.wallet_accepts ? "accepted" : "refused", (row) => row.servers)
  return {
    id: "tls",
    title: "TLS and certificates",
    blocks: [
      paragraph(`${counted(speaking, "server")} completed a TLS handshake with us. A self-signed certificate is the norm on this network: the wallet pins it at first contact.`),
      ...drawn.flatMap((aspect) => {
        const rows = aspects.get(aspect) ?? []
        return rows.length === 0 ? [] : [namedFigure(`tls-${aspect.toLowerCase().replaceAll(" ", "-")}`, tls, {
          title: aspect === "key" ? "Kinds of keys" : aspect === "signed by" ? "Who signed the certificate" : aspect === "validity" ? "Length of validity" : "TLS version",
          shows: "Servers by what they showed in the handshake.",
          chart: { kind: "bars", axis: "servers", bars: topBars(rows, 10, { label: (row) => row.value, value: (row) => row.servers, rest: "others", unknown: "not known" }) },
          table: firstRows(rows.map((row) => [row.value, row.servers]), 40, columns("Value", "Servers: count"))
        })]
      }),
      namedFigure("tls-all", tls, {
        title: "Everything counted in TLS",
        shows: "Also ciphers, key exchanges and signatures.",
        table: firstRows(tls.rows.map((row) => [row.aspect, row.value, row.servers]), 60, columns("Aspect", "Value", "Servers: count"))
      }),
      namedFigure("wallet-accepts", acceptance, {
        title: "Whether the wallet would use them",
        shows: "Servers by what the Electrum wallet's rule says of their handshake, meeting them for the first time.",
        chart: { kind: "bars", axis: "servers", bars: topBars(accepted, 5, { label: ({ key }) => key, value: ({ value }) => value, rest: "others", unknown: "not decided" }) },
        table: firstRows(acceptance.rows.map((row) => [row.wallet_accepts, row.reason, row.servers]), 40, columns("Accepted", "Why", "Servers: count"))
      }),
      namedFigure("certificate-validity", validity, {
        title: "Certificates when they were shown",
        shows: "Whether they were within their time, and what the roots that ship with Node say.",
        table: firstRows(
          validity.rows.map((row) => [row.validity_when_visited, row.self_signed, row.verdict_of_our_roots, row.servers]),
          40,
          columns("Time", "Self-signed", "Verdict of the roots", "Servers: count")
        )
      }),
      namedFigure("certificate-issuers", issuers, {
        shows: "Servers by who signed their certificate; self-signed ones as one.",
        chart: issuers.rows.length === 0 ? null : {
          kind: "bars",
          axis: "servers",
          bars: topBars(many, 15, { label: (row) => row.issuer, value: (row) => row.servers, rest: "other issuers of more than one server", unknown: "" }).concat(
            issuers.rows.filter(({ issuer }) => issuer === null).map(({ servers }) => ({ label: "signed themselves", value: servers, quiet: true }))
          )
        },
        // What one server alone has may name a host that is withheld.
        table: firstRows(
          [...many, ...issuers.rows.filter(({ issuer }) => issuer === null)].map((row) => [row.issuer ?? "signed themselves", row.servers, row.certificates]),
          30,
          columns("Issuer", "Servers: count", "Certificates: count")
        )
      }),
      namedFigure("certificate-cluster-sizes", clusterSizes, {
        shows: "Public keys by how many servers show them; the table has certificates, issuers and subjects too. Each server counts once, however often it was announced.",
        chart: keySizes.length === 0 ? null : { kind: "bars", axis: "public keys", bars: keySizes.map((row) => ({ label: counted(row.servers_that_show_it, "server"), value: row.shown_values })) },
        table: firstRows(clusterSizes.rows.map((row) => [row.attribute, row.servers_that_show_it, row.shown_values]), 60, columns("What is shown", "By servers: count", "Values: count"))
      }),
      namedFigure("keys-on-several-servers", keys, {
        title: "Keys on more than one server",
        shows: keys.rows.length === 0
          ? "No public key was shown by more than one server."
          : "Public keys by how many servers showed them. A key that ships with an image, or a proxy's, is shared by strangers: a reason to look, no verdict.",
        chart: keys.rows.length === 0 ? null : {
          kind: "bars",
          axis: "servers",
          bars: keys.rows.slice(0, 15).map((row) => ({ label: row.key_sha256.slice(0, 16), value: row.servers }))
        },
        table: firstRows(
          // A subject may name a host that is withheld.
          keys.rows.map((row) => [row.key_sha256, row.servers, row.certificates, isLocal ? row.subject : "not in a public report", row.self_signed]),
          10,
          columns("Key (SHA-256 of SPKI): code", "Servers: count", "Certificates: count", "Subject", "Self-signed")
        )
      })
    ]
  }
}
