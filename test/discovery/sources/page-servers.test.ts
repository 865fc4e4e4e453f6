import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { strangersRules } from "../../../src/discovery/claim.ts"
import { parsePage } from "../../../src/discovery/sources/page-servers.ts"
import { tableRows } from "../../../src/discovery/sources/page-table.ts"
import { shippedChains } from "../../../src/domain/chain.ts"

const ports = shippedChains.find(({ name }) => name === "mainnet")!.default_ports
const page = (html: string) =>
  parsePage(html, ports, strangersRules).advertisements.map(({ host, problem, services }) => [
    host,
    services.map(({ port, transport }) => `${transport} ${port}`).join(" "),
    problem
  ])

describe("a monitoring page", () => {
  it("is read by its tables of servers, whatever stands around them", () => {
    expect(page(readFileSync(new URL("../../fixtures/pages/monitor.html", import.meta.url), "utf8"))).toEqual([
      ["alder.page.example", "tls 50002", null],
      ["alder.page.example", "tcp 50001", null],
      ["birch.page.example", "tls 443", null],
      ["2001:4860:4860::8888", "tls 50002", null],
      ["cedar.page.example", "tls 50009", null],
      ["dogwood.page.example", "", "no usable port"],
      ["10.0.0.7", "", "address not public"],
      ["elm.page.example", "", "no usable port"],
      [null, "", "bad host"],
      ["gorse.page.example", "tcp 50001 tls 50002", null],
      ["hazel.page.example", "tls 57002", null]
    ])
  })

  it("without a table of servers names none", () => {
    expect(page("<table><tr><th>Name</th><th>Colour</th></tr><tr><td>a.page.example</td><td>green</td></tr></table>")).toEqual([])
    expect(page("a.page.example 50002")).toEqual([])
  })

  it("costs no more than its rows, however it is nested, and rows beyond the bound are counted", () => {
    const row = "<tr><td>a.page.example</td></tr>"
    expect(tableRows(`<table>${row}</table>${"<div><table><tr><td>".repeat(400_000)}x`, 10)).toMatchObject({ rows: [{ cells: ["a.page.example"] }], dropped: 1 })
    expect(tableRows(`${"<p><br></div></span>".repeat(10_000)}<table>${row}`, 10).rows).toHaveLength(1)
    expect(tableRows(`<table>${"<tr><td>".repeat(10_000)}x`, 10).rows).toHaveLength(1)
    const many = `<table>${"<tr><td>a.page.example</td></tr>".repeat(50)}</table>`
    expect(tableRows(many, 10)).toMatchObject({ dropped: 40 })
    const [wide] = tableRows(`<table><tr>${`<td>${"y".repeat(1_000)}</td>`.repeat(100)}</tr></table>`, 10).rows
    expect([wide!.cells.length, wide!.cells[0]!.length]).toEqual([30, 300])
  })
})
