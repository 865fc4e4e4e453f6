import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { clientOnCircuit } from "../../../src/simnet/model/client.ts"
import { answersTo, call, handshake } from "../../support/release-table.ts"
import { ScriptedNode } from "../../support/scripted-node.ts"
import { startServer } from "../../support/start-server.ts"

const banner = "$SERVER_VERSION, $SERVER_SUBVERSION, $DAEMON_VERSION, $DAEMON_SUBVERSION, $DONATION_ADDRESS, $OTHER"

const bannerOf = Effect.fnUntraced(function*(software: string, byTor: boolean) {
  const server = yield* startServer({
    software,
    backend: new ScriptedNode(),
    spec: { banner, tor_banner: "hello, stranger", donation: "somewhere" },
    ...(byTor ? { client: clientOnCircuit("1") } : {})
  })
  const [, line] = yield* Effect.promise(() => answersTo(server.tcpPort, handshake("1.4") + call("server.banner")))
  return (JSON.parse(line!) as { readonly result: string }).result
}, Effect.scoped)

describe("banners", () => {
  it.live("have their variables filled in by ElectrumX and Fulcrum, each in its own way, and by nobody else", () =>
    Effect.gen(function*() {
      expect(yield* bannerOf("ElectrumX 1.17.0", false)).toBe(
        "1.17.0, ElectrumX 1.17.0, 0.28.1, /Satoshi:28.1.0/, somewhere, $OTHER"
      )
      expect(yield* bannerOf("ElectrumX 1.20.0", false)).toBe(
        "1.20.0, ElectrumX 1.20.0, 28.1.0, /Satoshi:28.1.0/, somewhere, $OTHER"
      )
      expect(yield* bannerOf("Fulcrum 2.1.1", false)).toBe(
        "2.1.1, Fulcrum 2.1.1, 0.28.1, /Satoshi:28.1.0/, somewhere, $OTHER"
      )
      expect(yield* bannerOf("electrs/0.10.9", false)).toBe(banner)
    })
  )

  it.live("can be others for clients of onion names", () =>
    Effect.gen(function*() {
      expect(yield* bannerOf("ElectrumX 1.17.0", true)).toBe("hello, stranger")
      expect(yield* bannerOf("Fulcrum 2.1.1", true)).toBe("hello, stranger")
      expect(yield* bannerOf("electrs-esplora 0.4.1", true)).toBe(banner)
    })
  )
})
