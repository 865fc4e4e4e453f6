import { describe, expect, it } from "vitest"
import { bannerText, hostsShape, nameAttributes, portText, validityText } from "../../src/domain/default-values.ts"

const ports = { tcpPort: null, tlsPort: null, wsPort: null, wssPort: null }

describe("values as the catalogue of defaults writes them", () => {
  it("have a port with its chain and transport, and a simulated chain is taken for the real one", () => {
    expect(portText("mainnet", "tls", 50002)).toBe("mainnet tls 50002")
    expect(portText("mainnet-sim", "tcp", 50001)).toBe("mainnet tcp 50001")
    expect(portText("sim-mine", "tcp", 50001)).toBe("sim-mine tcp 50001")
  })

  it("have a banner without its line ends, trailing spaces and surrounding empty lines, but with its indentation", () => {
    expect(bannerText("\r\n \n  Hello  \r\nworld\t\r\n\n")).toBe("  Hello\nworld")
    expect(bannerText("one\rtwo")).toBe("one\ntwo")
    expect(bannerText(" \n\n")).toBe("")
    expect(bannerText("")).toBe("")
  })

  it("have a validity in whole days, as authorities that take a second off mean it", () => {
    expect(validityText("2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z")).toBe("365")
    expect(validityText("2026-01-01T00:00:00.000Z", "2026-03-31T23:59:59.000Z")).toBe("90")
    expect(validityText("2027-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z")).toBe("-365")
    expect(validityText(null, "2026-01-01T00:00:00.000Z")).toBeUndefined()
    expect(validityText("2026-01-01T00:00:00.000Z", null)).toBeUndefined()
    expect(validityText("soon", "later")).toBeUndefined()
  })

  it("have the attributes of a name one by one, and a comma inside a value does not end it", () => {
    expect(nameAttributes("C=US, ST=Utah, O=Your Company\\, Inc., CN=example.com"))
      .toEqual(["C=US", "ST=Utah", "O=Your Company\\, Inc.", "CN=example.com"])
    expect(nameAttributes("CN=localhost, 1.2.3.4=x, emailAddress=a@b.test")).toEqual(["CN=localhost", "1.2.3.4=x", "emailAddress=a@b.test"])
    expect(nameAttributes("O=Bob\\, CN=localhost")).toEqual(["O=Bob\\, CN=localhost"])
    expect(nameAttributes("O=Bob\\\\, CN=localhost")).toEqual(["O=Bob\\\\", "CN=localhost"])
    expect(nameAttributes("")).toEqual([])
  })

  it("have the hosts that a server claims as kinds and ports, in an order of their own", () => {
    const onion = { ...ports, host: `${"a".repeat(56)}.onion`, tcpPort: 50001 }
    const name = { ...ports, host: "electrum.example", tcpPort: 50001, tlsPort: 50002, wssPort: 50004 }
    const shape = "mainnet: name tcp 50001 tls 50002 wss 50004 + onion tcp 50001"
    expect(hostsShape("mainnet", [onion, name])).toBe(shape)
    expect(hostsShape("mainnet", [name, onion])).toBe(shape)
    expect(hostsShape("testnet-sim", [])).toBe("testnet: nothing")
  })

  it("tell an address that others can reach from one that only the machine itself means", () => {
    const shapeOf = (host: string) => hostsShape("mainnet", [{ ...ports, host, tlsPort: 50002 }])
    expect(shapeOf("5.9.8.7")).toBe("mainnet: address tls 50002")
    expect(shapeOf("[2A01:4F8::1]")).toBe("mainnet: address tls 50002")
    for (const inner of ["172.18.0.3", "0.0.0.0", "127.0.0.1", "::1", "fd00::2", "192.168.1.4"]) {
      expect(shapeOf(inner), inner).toBe("mainnet: inner address tls 50002")
    }
  })
})
