import type { Session } from "../server/session.ts"
import type { Trait } from "../server/trait.ts"
import { answering, changing, failing, isVersion } from "./answering.ts"

const features = (
  change: (features: Record<string, unknown>, session: Session) => Record<string, unknown>
): Pick<Trait, "result"> =>
  changing<Record<string, unknown>>("server.features", change)

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
    ...answering("server.version", (_, session) => JSON.stringify(session.model.reported.text))
  },
  "version-as-numbers": {
    title: "answers the handshake with numbers",
    ...answering("server.version", "[1.18, 1.4]")
  },
  "version-out-of-range": {
    title: "agrees to protocol 9.9, which nobody asked for",
    ...answering("server.version", (_, session) => JSON.stringify([session.model.reported.text, "9.9"]))
  },
  "wrong-genesis": {
    title: "tells another genesis hash in its features than its headers show",
    ...features((all) => ({ ...all, genesis_hash: "0".repeat(64) }))
  },
  "claims-other-host": {
    title: "claims the first host of its own peer list in its features",
    ...features((all, session) => {
      const own = all.hosts as object
      const listed = session.model.peers.draw(session.model.random).map(({ announcement }) => announcement.host)
      const other = listed.find((host) => !(host in own)) ?? "victim.test"
      return { ...all, hosts: { ...own, [other]: { tcp_port: 50001, ssl_port: 50002 } } }
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
  "html-errors": {
    title: "answers everything after the handshake with an error that is HTML",
    ...failing('<script>alert(1)</script><b>Your wallet is out of date</b>')
  },
  "escape-errors": {
    title: "answers everything after the handshake with an error of terminal escapes",
    ...failing("\u0000\u001b[2J\u001b]0;title\u0007\u202egnorw\u202c")
  },
  "huge-errors": {
    title: "answers everything after the handshake with an error of a megabyte",
    ...failing("wrong ".repeat(170_000))
  },
  "version-downgrade": {
    title: "agrees to protocol 1.0, which nobody asked for",
    ...answering("server.version", (_, session) => JSON.stringify([session.model.reported.text, "1.0"]))
  },
  "another-software-each-time": {
    title: "tells another software on every connection",
    result: (() => {
      let connections = 0
      return (method: string): string | undefined =>
        method === "server.version" ? JSON.stringify([`ElectrumX 1.${16 + (connections++ % 5)}.0`, "1.4"]) : undefined
    })()
  },
  "another-banner-each-time": {
    title: "has another banner whenever it is asked",
    ...answering("server.banner", (_, { model }) => JSON.stringify(`Hello number ${model.random.integer(1, 1e9)}`))
  },
  "genesis-changes": {
    title: "tells the right genesis hash first and another one when asked again",
    result: (() => {
      const asked = new WeakSet<Session>()
      return (method: string, json: string, session: Session): string | undefined => {
        if (method !== "server.features") return undefined
        if (!asked.has(session)) {
          asked.add(session)
          return undefined
        }
        return JSON.stringify({ ...(JSON.parse(json) as object), genesis_hash: "f".repeat(64) })
      }
    })()
  },
  "claims-other-onion": {
    title: "claims somebody's onion in its features",
    ...features((all) => ({
      ...all,
      hosts: { ...(all.hosts as object), [`${"victim2".repeat(8)}.onion`]: { tcp_port: 50001 } }
    }))
  },
  "ports-as-lists": {
    title: "tells ports as lists, texts and floating-point numbers in its features",
    ...features((all) => ({
      ...all,
      hosts: { "ports.test": { tcp_port: [50001, 50002], ssl_port: "50002", ws_port: 50003.5, wss_port: null } }
    }))
  },
  "odd-hosts": {
    title: "tells hosts of markup, escapes and 10,000 letters in its features",
    ...features((all) => ({
      ...all,
      hosts: {
        "<img src=x onerror=alert(1)>": { ssl_port: 50002 },
        "\u001b[31mred.test": { ssl_port: 50002 },
        ["h".repeat(10_000)]: { ssl_port: 50002 },
        "": { ssl_port: 50002 },
        ["__proto__"]: { ssl_port: 50002 }
      }
    }))
  },
  "odd-fees": {
    title: "tells fees that are texts, infinite or below zero",
    result: (method) =>
      method === "blockchain.estimatefee" ? "1e999" : method === "blockchain.relayfee" ? '"cheap"' : undefined
  },
  "negative-fees": {
    title: "tells fees below zero that are not the -1 for unknown",
    result: (method) =>
      method === "blockchain.estimatefee" || method === "blockchain.relayfee" ? "-0.00012" : undefined
  },
  "odd-histogram": {
    title: "tells a fee histogram that is unsorted and has wrong types",
    ...answering("mempool.get_fee_histogram", '[[1,100],[50,-7],["a",{}],[],null,[1e300,1e300],[3,5,7]]')
  },
  "huge-histogram": {
    title: "tells a fee histogram of 100,000 bins",
    ...answering("mempool.get_fee_histogram", () =>
      JSON.stringify(Array.from({ length: 100_000 }, (_, i) => [100_000 - i, 1000]))
    )
  }
} as const satisfies Readonly<Record<string, Trait>>
