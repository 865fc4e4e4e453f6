import { assert, describe, it } from "vitest"
import { certificateTemplate } from "../../../src/analysis/traits/certificate-template.ts"

const hosts = new Set(["e1.quarry.example"])

describe("what somebody wrote into a certificate's subject", () => {
  it("is without the server's own hosts, digits and defaults", () => {
    assert.strictEqual(certificateTemplate("C=US, O=Quarry 17, CN=E1.quarry.example", hosts), "O=Quarry #, CN={host}")
  })

  it("is nothing where only hosts, places, numbers and defaults remain", () => {
    for (
      const subject of [
        "CN=e1.quarry.example",
        "C=DE, ST=Hessen, L=Frankfurt, CN=e1.quarry.example",
        "O=Fulcrum",
        "C=AU, ST=Some-State, O=Internet Widgits Pty Ltd",
        "C=XX, L=Default City, O=Default Company Ltd, CN=e1.quarry.example",
        "CN=localhost",
        "CN=192.168.1.7",
        ""
      ]
    ) assert.isNull(certificateTemplate(subject, hosts), subject)
  })

  it("is a name of its own that is no host of the server", () => {
    assert.strictEqual(certificateTemplate("CN=granite choir", hosts), "CN=granite choir")
  })
})
