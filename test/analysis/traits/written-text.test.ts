import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { ownWords, wording, writtenBanner, writtenDonation } from "../../../src/analysis/traits/written-text.ts"

const nobody = { hosts: [], addresses: [], donation: null }

describe("the wording of a text", () => {
  it("leaves out versions, dates, numbers, own hosts, addresses and where gifts go", () => {
    const own = { hosts: ["e1.quarry.example", "quarry.example"], addresses: ["34.90.1.2", "2a01:4f8::3"], donation: "bc1qQuarry0000" }
    assert.strictEqual(
      wording("Stone by E1.quarry.example (34.90.1.2, 2a01:4f8::3),\nFulcrum v1.9.1 since 3 March 2024,\n  17 clients. Gifts: bc1qquarry0000", own),
      "stone by {host} ({address}, {address}), fulcrum {version} since {date}, # clients. gifts: {donation}"
    )
  })

  it("keeps names of others: a copied greeting names another host", () => {
    assert.strictEqual(wording("Stone by e1.quarry.example", { ...nobody, hosts: ["quarry.example"] }), "stone by e#.quarry.example")
  })

  it("keeps a label of the own host: whom a hoster greets by name under its own domain is not like its next customer", () => {
    const greeting = (customer: string) => wording(`Granite hosting greets you for ${customer}`, { ...nobody, hosts: [`${customer}.granite.example`] })
    assert.deepStrictEqual(["olive", "amber"].map(greeting), ["granite hosting greets you for olive", "granite hosting greets you for amber"])
  })

  const pieces = fc.constantFrom(
    "Stone", "upon", "v1.16.0", "2.0b1", "2024-03-05", "5 May 2024", "34.90.1.2", "2a01:4f8::3", "quarry.example", "e1.quarry.example",
    "bc1qquarry", "17", ",", "\n", "\t", "İ", "ﬁ", "::", "12:30", "{host}", "-", "."
  )
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(pieces, { maxLength: 20 }).map((all) => all.join(" ")),
    fc.array(pieces, { maxLength: 20 }).map((all) => all.join(""))
  )
  const own = { hosts: ["quarry.example", "e1.quarry.example"], addresses: ["34.90.1.2"], donation: "bc1qquarry" }

  it("is its own wording", () => {
    fc.assert(fc.property(text, (raw) => {
      const once = wording(raw, own)
      assert.strictEqual(wording(once, own), once)
    }), { numRuns: 2_000 })
  })

  it("has no digits, capitals, breaks or doubled spaces", () => {
    fc.assert(fc.property(text, (raw) => assert.notMatch(wording(raw, own), /[0-9A-Z\n\r\t]| {2}|^ | $/)), { numRuns: 2_000 })
  })

  it("is the same for servers whose texts differ in what is their own, not in what they say", () => {
    const release = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)).map((parts) => parts.join("."))
    const host = fc.stringMatching(/^[a-z]{3,12}\.(?:org|net)$/)
    const address = fc.ipV4()
    const day = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))
    const server = fc.record({ release, host, address, day, clients: fc.nat(9_999) })
    const shown = ({ address, clients, day, host, release }: typeof server extends fc.Arbitrary<infer A> ? A : never) =>
      wording(`Granite at ${host} [${address}], build ${release} of ${day}: ${clients} climbers`, { hosts: [host], addresses: [address], donation: null })
    fc.assert(fc.property(server, server, (a, b) => assert.strictEqual(shown(a), shown(b))))
  })

  it("is made in no time of long texts without breaks", () => {
    for (const piece of ["1", "1.", "a", "0:", "v1", " 1", "-", "may "]) {
      assert.isAtMost(wording(piece.repeat(20_000), own).length, 60_000)
    }
  })
})

describe("a banner as its operator's text", () => {
  it("is a default where software wrote it", () => {
    assert.isTrue(writtenBanner("You are connected to an ElectrumX 1.16.0 server.", nobody).isDefault)
    assert.isTrue(writtenBanner("Connected to a Fulcrum 1.9.1 server", nobody).isDefault)
  })

  it("is a default where only the name and plain words remain", () => {
    const own = { hosts: ["quarry.example"], addresses: [], donation: "bc1qquarry" }
    assert.isTrue(writtenBanner("Welcome to quarry.example!", own).isDefault)
    assert.isTrue(writtenBanner("Thank you for bc1qquarry", own).isDefault)
    assert.isTrue(writtenBanner("", own).isDefault)
    assert.isFalse(writtenBanner("Hewn from granite by the quarry choir", own).isDefault)
  })

  it("is without the lines of widespread scripts", () => {
    assert.strictEqual(
      writtenBanner("Hewn from granite\nThere are currently 57 public electrum servers.\nby a choir", nobody).normalised,
      "hewn from granite by a choir"
    )
  })

  it("has words of its own only beside placeholders and plain ones", () => {
    assert.strictEqual(ownWords("welcome to {host}, running fulcrum {version}"), 0)
    assert.strictEqual(ownWords("granite, granite und мрамор"), 3)
    assert.strictEqual(ownWords("桜の木の下で"), 3)
  })

  it("is a voice by one word of its own that is no part of its hosts' names", () => {
    const own = { hosts: ["amber.quarry.example"], addresses: [], donation: null }
    const voiceOf = (raw: string) => {
      const { isDefault, isVoice } = writtenBanner(raw, own)
      return [isDefault, isVoice]
    }
    assert.deepStrictEqual(voiceOf("Hosted by Carl"), [true, true])
    assert.deepStrictEqual(voiceOf("Welcome to Amber!"), [true, false])
    assert.deepStrictEqual(voiceOf("You are connected to an ElectrumX 1.16.0 server."), [true, false])
    assert.deepStrictEqual(voiceOf("Hewn from granite by a choir"), [false, true])
  })
})

describe("an address for gifts", () => {
  // Of BIP 173, and of the first block.
  const segwit = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
  const genesis = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"

  it("has one spelling", () => {
    for (const raw of [` ${segwit} `, `bitcoin:${segwit}?amount=1`, `BITCOIN:${segwit.toUpperCase()}`]) {
      assert.strictEqual(writtenDonation(raw).normalised, segwit)
    }
    assert.strictEqual(writtenDonation(genesis).normalised, genesis)
  })

  it("is a default where a sample has it", () => {
    assert.isTrue(writtenDonation("your-donation-address").isDefault)
    assert.isTrue(writtenDonation("1Ca1inCimwRhhcpFX84TPRrPQSryTgKW6N").isDefault)
    assert.isFalse(writtenDonation(segwit).isDefault)
  })

  it("is a voice where it leads to somebody, though no money can be sent there", () => {
    for (const raw of ["anna@pay.example", "https://anna.example/gifts", segwit]) assert.isTrue(writtenDonation(raw).isVoice, raw)
    for (const raw of ["none", "-", "ask me", "your-donation-address"]) assert.isFalse(writtenDonation(raw).isVoice, raw)
    assert.isTrue(writtenDonation("anna@pay.example").isDefault)
  })

  it("is what money can be sent to, in the forms of Bitcoin and its test chains", () => {
    for (const raw of [
      genesis,
      "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
      "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
      "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
      "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
      "PM8TJTLJbPRGxSbc8EJi42Wrr6QbNSaSSVJ5Y3E4pbCYiTHUskHg13935Ubb7q8tx9GVbh2UuRnBc3WSyJHhUrw8KhprKnn9eDznYGieTzFcwQRya4GA",
      "₿quarry@gifts.example"
    ]) assert.isFalse(writtenDonation(raw).isDefault, raw)
  })

  it("is none otherwise: words, links, what looks like one and fails its checksum, names for e-mail", () => {
    for (const raw of [
      "none", "n/a", "no", "-", "0", "null", "YOUR_DONATION_ADDRESS", "https://opensats.org", "bitcoin:", "?", "x".repeat(100_000), "1".repeat(34),
      segwit.replace("w508", "w509"), genesis.replace("zP1", "zP2"), "1QuarryXXXXXXXXXXXXXXXXXXXXXXXXXXX", "bc1qxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      "quarry@gifts.example", "bc1q", "1", "bc1qarö508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    ]) assert.isTrue(writtenDonation(raw).isDefault, raw.slice(0, 60))
  })
})
