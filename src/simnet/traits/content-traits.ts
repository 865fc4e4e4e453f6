import type { Session } from "../session.ts"
import { isVersion, type Trait } from "./trait.ts"

/** Another result for one method. */
const answering = (
  method: string,
  json: string | ((json: string, session: Session) => string)
): Pick<Trait, "result"> => ({
  result: (asked, original, session) =>
    asked !== method ? undefined : typeof json === "string" ? json : json(original, session)
})

const features = (
  change: (features: Record<string, unknown>, session: Session) => Record<string, unknown>
): Pick<Trait, "result"> =>
  answering("server.features", (json, session) =>
    JSON.stringify(change(JSON.parse(json) as Record<string, unknown>, session))
  )

const tip = (change: (tip: { hex: string; height: number }) => string): Pick<Trait, "result"> =>
  answering("blockchain.headers.subscribe", (json) => change(JSON.parse(json) as { hex: string; height: number }))

const banner = (text: string): Pick<Trait, "result"> => answering("server.banner", JSON.stringify(text))

/** What replies say. */
export const contentTraits = {
  "null-results": {
    title: "answers null to everything after the handshake",
    result: (method) => (method === "server.version" ? undefined : "null")
  },
  "deep-nesting": {
    title: "answers its banner with 100,000 lists in each other",
    ...answering("server.banner", "[".repeat(100_000) + "]".repeat(100_000))
  },
  "huge-number": {
    title: "tells a height of a million digits",
    ...tip(({ hex }) => `{"hex":"${hex}","height":${"9".repeat(1_000_000)}}`)
  },
  "huge-banner": {
    title: "has a banner of 10 MB",
    ...answering("server.banner", () => JSON.stringify("Welcome! ".repeat(1_200_000)))
  },
  "banner-escapes": {
    title: "has NUL, terminal escapes and direction marks in its banner",
    ...banner("\u0000\u001b[31mred\u001b[0m \u001b]0;title\u0007\u009b2J \u202egnitirw\u202c \u200bthe end\u0008\r\n")
  },
  "html-banner": {
    title: "has HTML with a script in its banner",
    ...banner('<h1>Update required</h1><script>alert(1)</script><a href="https://update.test/wallet.exe">download</a>')
  },
  "lone-surrogates": {
    title: "has half of a UTF-16 pair in its banner",
    ...answering("server.banner", '"half \\ud800 and \\udc00\\ud800"')
  },
  "nan-tokens": {
    title: "uses the bare words NaN and Infinity for numbers",
    line: (text, request) =>
      isVersion(request)
        ? undefined
        : text.replace(/"result":\s?.*$/s, `"result":[NaN,Infinity,-Infinity],"id":${request.id}}`)
  },
  "version-as-string": {
    title: "answers the handshake with one string, as protocol 1.0 did",
    ...answering("server.version", (_, session) => JSON.stringify(session.model.software.text))
  },
  "version-as-numbers": {
    title: "answers the handshake with numbers",
    ...answering("server.version", "[1.18, 1.4]")
  },
  "version-out-of-range": {
    title: "agrees to protocol 9.9, which nobody asked for",
    ...answering("server.version", (_, session) => JSON.stringify([session.model.software.text, "9.9"]))
  },
  "wrong-genesis": {
    title: "tells another genesis hash in its features than its headers show",
    ...features((all) => ({ ...all, genesis_hash: "0".repeat(64) }))
  },
  "claims-other-host": {
    title: "claims the first host of its own peer list in its features",
    ...features((all, session) => {
      const other = session.model.peers.draw(session.model.random)[0]?.announcement.host ?? "victim.test"
      return { ...all, hosts: { ...(all.hosts as object), [other]: { tcp_port: 50001, ssl_port: 50002 } } }
    })
  },
  "claims-other-software": {
    title: "tells another software in its features than in the handshake",
    ...features((all) => ({ ...all, server_version: "ElectrumX 99.9" }))
  },
  "huge-features": {
    title: "claims 20,000 hosts in its features",
    ...features((all) => ({
      ...all,
      hosts: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`h${i}.huge.test`, { ssl_port: 50002 }]))
    }))
  },
  "odd-features": {
    title: "has wrong types all over its features",
    ...features(() => ({
      hosts: ["a.test"],
      pruning: "no",
      server_version: 7,
      protocol_min: null,
      protocol_max: {},
      genesis_hash: [],
      hash_function: true,
      services: "none"
    }))
  },
  "stale-tip": {
    title: "tells a tip that is 500 blocks old",
    result: (method, json, { model }) => {
      if (method !== "blockchain.headers.subscribe") return undefined
      const height = (JSON.parse(json) as { height: number }).height - 500
      return JSON.stringify({ hex: model.backend.header(height), height })
    }
  },
  "absurd-tip": {
    title: "tells a height of a thousand million",
    ...tip(({ hex }) => JSON.stringify({ hex, height: 1_000_000_000 }))
  },
  "negative-tip": {
    title: "tells a height below zero",
    ...tip(({ hex }) => JSON.stringify({ hex, height: -1 }))
  },
  "work-free-tip": {
    title: "tells a tip whose hash does not meet its own target",
    ...tip(({ hex, height }) => JSON.stringify({ hex: `${hex.slice(0, 144)}ffff001d${hex.slice(152)}`, height }))
  },
  "bad-header-hex": {
    title: "sends headers that are no hex",
    result: (method) =>
      method === "blockchain.headers.subscribe"
        ? JSON.stringify({ hex: "zz".repeat(80), height: 2000 })
        : method === "blockchain.block.header"
          ? JSON.stringify("zz".repeat(80))
          : undefined
  }
} as const satisfies Readonly<Record<string, Trait>>
