import { describe, expect, it } from "vitest"
import { dnsFailure } from "../../src/transport/dns-failure.ts"

const online = { server: null, hasRoute: true, isReachable: true }
const offline = { server: null, hasRoute: false, isReachable: false }
const silent = { server: null, hasRoute: true, isReachable: false }

describe("DNS failure", () => {
  it.each(["ENOTFOUND", "ENODATA", "EBADNAME"])("%s is about the name, even when we are offline", (code) => {
    for (const circumstances of [online, offline, silent]) {
      expect(dnsFailure(code, circumstances)).toMatchObject({ reason: "dns", phase: "resolve", detail: code })
    }
  })

  it.each(["ESERVFAIL", "EREFUSED", "ETIMEOUT"])("%s is about the name only where name servers can be reached", (code) => {
    expect(dnsFailure(code, online)).toMatchObject({ reason: "dns", detail: code })
    // A stub resolver on this machine answers SERVFAIL when it has no upstream.
    expect(dnsFailure(code, offline)).toMatchObject({ reason: "us" })
  })

  it("recognises that there is no network at all", () => {
    for (const [code, circumstances] of [["ETIMEOUT", silent], ["ECONNREFUSED", online], ["ESERVFAIL", offline]] as const) {
      expect(dnsFailure(code, circumstances))
        .toMatchObject({ reason: "us", detail: `no network: name servers unreachable (${code})` })
    }
  })

  it("does not call one dead name server of the user's choice no network", () => {
    const failure = dnsFailure("ECONNREFUSED", { ...online, server: "127.0.0.1:5353" })
    expect(failure).toMatchObject({ reason: "us", detail: "name server 127.0.0.1:5353 unreachable (ECONNREFUSED)" })
  })

  it("calls our own machine's trouble ours", () => {
    expect(dnsFailure("ENOMEM", online)).toMatchObject({ reason: "us", detail: "ENOMEM" })
  })
})
