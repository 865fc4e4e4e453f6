import { describe, expect, it } from "vitest"
import type { VisitPhase } from "../../src/domain/reason.ts"
import { socketFailure } from "../../src/transport/socket-failure.ts"

const errno = (code: string) => Object.assign(new Error(`connect ${code}`), { code })

describe("socket failure", () => {
  it.each<[string, VisitPhase, string]>([
    ["ECONNREFUSED", "connect", "refused"],
    ["ENETUNREACH", "connect", "unreachable"],
    ["EHOSTUNREACH", "connect", "unreachable"],
    ["ETIMEDOUT", "connect", "connect timeout"],
    ["ETIMEDOUT", "tls", "tls timeout"],
    ["ECONNRESET", "tls", "reset"],
    ["ECONNRESET", "session", "reset"],
    ["EPIPE", "handshake", "closed"],
    ["EMFILE", "connect", "us"],
    ["ENFILE", "connect", "us"],
    ["EADDRNOTAVAIL", "connect", "us"],
    ["EPERM", "connect", "us"],
    ["ESOMETHINGNEW", "connect", "unreachable"],
    ["ESOMETHINGNEW", "tls", "tls"],
    ["ESOMETHINGNEW", "session", "reset"]
  ])("%s in phase %s is %s", (code, phase, reason) => {
    const failure = socketFailure(errno(code), phase)
    expect(failure).toMatchObject({ reason, phase })
    expect(failure.detail).toContain(code)
  })

  it("keeps OpenSSL's words, wherever Node puts them", () => {
    const withReason = Object.assign(new Error("x"), { code: "ERR_SSL_WRONG_VERSION_NUMBER", reason: "wrong version number" })
    const inMessage = Object.assign(
      new Error("write EPROTO 00A1:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:../x.c:90:"),
      { code: "EPROTO" }
    )
    expect(socketFailure(withReason, "tls")).toMatchObject({ reason: "tls", detail: "wrong version number" })
    expect(socketFailure(inMessage, "tls")).toMatchObject({ reason: "tls", detail: "ssl/tls alert handshake failure" })
  })

  it("cuts what a peer might make long", () => {
    expect(socketFailure(new Error("x".repeat(10_000)), "tls").detail.length).toBe(300)
  })
})
