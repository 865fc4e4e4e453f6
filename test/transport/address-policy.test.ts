import { array, assert, integer, oneof, property } from "fast-check"
import { describe, expect, it } from "vitest"
import { addressRefusal, type AddressPolicy } from "../../src/transport/address-policy.ts"

const strict: AddressPolicy = { allowPrivate: false, simulated: false, loopbackOnly: false }

const octet = integer({ min: 0, max: 255 })
const ipv4 = (first: number, ...rest: Array<number>) =>
  array(octet, { minLength: 3 - rest.length, maxLength: 3 - rest.length })
    .map((tail) => [first, ...rest, ...tail].join("."))

describe("address policy", () => {
  it.each([
    ["10.0.0.1", "private address 10.0.0.1"],
    ["172.16.0.1", "private address 172.16.0.1"],
    ["192.168.1.1", "private address 192.168.1.1"],
    ["127.0.0.1", "loopback address 127.0.0.1"],
    ["0.0.0.0", "unspecified address 0.0.0.0"],
    ["169.254.169.254", "link-local address 169.254.169.254"],
    ["100.64.0.1", "carrier-grade NAT address 100.64.0.1"],
    ["224.0.0.1", "multicast address 224.0.0.1"],
    ["255.255.255.255", "broadcast address 255.255.255.255"],
    ["240.0.0.1", "reserved address 240.0.0.1"],
    ["192.0.2.1", "documentation address 192.0.2.1"],
    ["198.18.0.1", "reserved address 198.18.0.1"],
    ["::", "unspecified address ::"],
    ["::1", "loopback address ::1"],
    ["fe80::1", "link-local address fe80::1"],
    ["fc00::1", "unique local address fc00::1"],
    ["fd12:3456::1", "unique local address fd12:3456::1"],
    ["ff02::1", "multicast address ff02::1"],
    ["::ffff:8.8.8.8", "mapped address ::ffff:8.8.8.8"],
    ["::ffff:127.0.0.1", "mapped address ::ffff:127.0.0.1"],
    ["64:ff9b::808:808", "translated address 64:ff9b::808:808"],
    ["64:ff9b:1::1", "translated address 64:ff9b:1::1"],
    ["2002:a00:1::1", "tunnelled address 2002:a00:1::1"],
    ["2001:db8::1", "documentation address 2001:db8::1"],
    ["fec0::1", "private address fec0::1"]
  ])("refuses %s as %s", (address, refusal) => {
    expect(addressRefusal(address, strict)).toBe(refusal)
  })

  it.each(["8.8.8.8", "34.90.1.2", "2001:4860:4860::8888", "2a01:4f8::1"])("lets %s pass", (address) => {
    expect(addressRefusal(address, strict)).toBeUndefined()
  })

  it("lets every scope pass when private addresses are allowed", () => {
    for (const address of ["10.0.0.1", "127.0.0.1", "fe80::1", "::1", "100.64.0.1"]) {
      expect(addressRefusal(address, { ...strict, allowPrivate: true })).toBeUndefined()
    }
  })

  it("lets invented addresses pass on simulated chains, and no others", () => {
    const simulated = { ...strict, simulated: true }
    for (const address of ["240.0.0.1", "251.2.3.4", "2001:db8::1", "2001:db8:ffff::1"]) {
      expect(addressRefusal(address, simulated)).toBeUndefined()
    }
    for (const address of ["10.0.0.1", "127.0.0.1", "192.0.2.1", "255.255.255.255", "3fff::1", "fc00::1"]) {
      expect(addressRefusal(address, simulated)).toBeDefined()
    }
  })

  it("refuses any address of a private block, however its host bits are set", () => {
    const anyPrivate = oneof(
      ipv4(10),
      ipv4(127),
      ipv4(192, 168),
      ipv4(169, 254),
      octet.chain((b) => ipv4(172, 16 + (b & 15))),
      octet.chain((b) => ipv4(100, 64 + (b & 63))),
      octet.chain((b) => ipv4(224 + (b & 31)))
    )
    assert(property(anyPrivate, (address) => {
      expect(addressRefusal(address, strict)).toContain(address)
    }))
  })

  it("sends nothing but to 127.0.0.0/8 and ::1 in loopback-only mode, whatever else is allowed", () => {
    const loopbackOnly = { allowPrivate: true, simulated: true, loopbackOnly: true }
    for (const address of ["127.0.0.1", "127.9.8.7", "::1"]) expect(addressRefusal(address, loopbackOnly)).toBeUndefined()
    for (const address of ["8.8.8.8", "10.0.0.1", "0.0.0.0", "240.0.0.1", "::ffff:127.0.0.1", "2001:db8::1", "::"]) {
      expect(addressRefusal(address, loopbackOnly)).toBe(`OBSERVATORY_LOOPBACK_ONLY forbids address ${address}`)
    }
  })

  it("does not take loopback-only mode for a permission to dial loopback", () => {
    expect(addressRefusal("127.0.0.1", { ...strict, loopbackOnly: true })).toBe("loopback address 127.0.0.1")
  })
})
