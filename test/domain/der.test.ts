import { generateKeyPairSync } from "node:crypto"
import { describe, expect, it } from "vitest"
import { publicKeyKind } from "../../src/domain/der.ts"

const spkiOf = (key: { readonly export: (options: { type: "spki"; format: "der" }) => Buffer }): Buffer =>
  key.export({ type: "spki", format: "der" })

describe("publicKeyKind", () => {
  it("names kind and size as OpenSSL does", () => {
    for (const modulusLength of [512, 1023, 1024, 2048]) {
      expect(publicKeyKind(spkiOf(generateKeyPairSync("rsa", { modulusLength }).publicKey))).toBe(`rsa ${modulusLength}`)
    }
    for (const namedCurve of ["prime256v1", "secp256k1", "secp384r1", "secp521r1"]) {
      const { publicKey } = generateKeyPairSync("ec", { namedCurve })
      expect(publicKeyKind(spkiOf(publicKey))).toBe(`ec ${publicKey.asymmetricKeyDetails!.namedCurve}`)
    }
  })

  it("says nothing of other kinds, of curves that are seldom, and of what is no key", () => {
    expect(publicKeyKind(spkiOf(generateKeyPairSync("ed25519").publicKey))).toBeUndefined()
    expect(publicKeyKind(spkiOf(generateKeyPairSync("ec", { namedCurve: "secp224r1" }).publicKey))).toBeUndefined()
    const whole = spkiOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey)
    for (let length = 0; length < whole.length; length++) expect(publicKeyKind(whole.subarray(0, length))).toBeUndefined()
  })
})
