import type { Trait } from "../server/trait.ts"
import { answering, changing } from "./answering.ts"

const tip = (change: (tip: { hex: string; height: number }) => string): Pick<Trait, "result"> =>
  answering("blockchain.headers.subscribe", (json) => change(JSON.parse(json) as { hex: string; height: number }))

interface Headers {
  readonly hex?: string
  readonly headers?: ReadonlyArray<string>
  readonly count: number
}

/** What is said of the chain. */
export const headerTraits = {
  "huge-number": {
    title: "tells a height of a million digits",
    ...tip(({ hex }) => `{"hex":"${hex}","height":${"9".repeat(1_000_000)}}`)
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
  "tip-from-the-future": {
    title: "tells a tip that was made in the year 2100",
    ...tip(({ hex, height }) => JSON.stringify({ hex: `${hex.slice(0, 136)}00cb86f4${hex.slice(144)}`, height }))
  },
  "unconnected-tip": {
    title: "tells a tip that follows no block",
    ...tip(({ hex, height }) => JSON.stringify({ hex: `${hex.slice(0, 8)}${"5a".repeat(32)}${hex.slice(72)}`, height }))
  },
  "always-genesis": {
    title: "shows the first header whichever is asked for",
    result: (method, _, { model }) =>
      method === "blockchain.block.header" ? JSON.stringify(model.backend.header(0)) : undefined
  },
  "short-headers": {
    title: "leaves the second half of every range of headers out and counts all",
    ...changing<Headers>("blockchain.block.headers", (reply) => ({
      ...reply,
      ...(reply.hex === undefined ? {} : { hex: reply.hex.slice(0, reply.hex.length / 2) }),
      ...(reply.headers === undefined ? {} : { headers: reply.headers.slice(0, reply.headers.length / 2) })
    }))
  },
  "shuffled-headers": {
    title: "shows ranges of headers backwards",
    ...changing<Headers>("blockchain.block.headers", (reply) => ({
      ...reply,
      ...(reply.hex === undefined ? {} : { hex: (reply.hex.match(/.{160}/g) ?? []).toReversed().join("") }),
      ...(reply.headers === undefined ? {} : { headers: reply.headers.toReversed() })
    }))
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
