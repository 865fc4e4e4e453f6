import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { peersOfCoins } from "../../../src/discovery/history/coins-file.ts"
import { networkOfPath } from "../../../src/discovery/history/list-file.ts"
import { type ListHistory, readListHistory } from "../../../src/discovery/history/list-history.ts"
import { testRepository } from "../../support/git-repository.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-history-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (of: string, given: Parameters<typeof readListHistory>[1] = null): Promise<ListHistory> =>
  Effect.runPromise(readListHistory(of, given).pipe(Effect.provide(NodeServices.layer)))
const failure = (of: string): Promise<string> =>
  Effect.runPromise(readListHistory(of, null).pipe(Effect.flip, Effect.map(({ message, reason }) => `${reason}: ${message}`), Effect.provide(NodeServices.layer)))

const servers = (...hosts: ReadonlyArray<string>): string =>
  JSON.stringify(Object.fromEntries(hosts.map((host) => [host, { pruning: "-", s: "50002", version: "1.4" }])))
const coins = (mainnet: ReadonlyArray<string>, testnet: ReadonlyArray<string>): string => `
class Coin:
    PEERS = []
    NAME: str

class BitcoinMixin(object):
    NET = "mainnet"

class Bitcoin(BitcoinMixin, Coin):
    NAME = "Bitcoin"
    PEERS = [
${mainnet.map((peer) => `        '${peer}',  # a comment with 'quotes'`).join("\n")}
    ]

class BitcoinCash(BitcoinMixin, Coin):
    NAME = "BitcoinCash"
    PEERS = ['cash.list.example s t']

class BitcoinTestnet(Bitcoin):
    NET = 'testnet'
    PEERS = [${testnet.map((peer) => `"${peer}"`).join(", ")}]
`
const stays = ({ listed }: ListHistory, network = "mainnet") =>
  listed.filter((name) => name.network === network).map(({ first, host, last, removed, times }) => [
    host,
    ...[first.at, last.at, removed?.at ?? null].map((at) => at === null ? null : new Date(at).toISOString().slice(0, 10)),
    times
  ])

describe("the history of a list", () => {
  it("says who stood on a wallet's list from when to when, through moves, mistakes and merges", async () => {
    const repository = testRepository(join(folder, "wallet"))
    repository.commit("2016-01-01", { README: "before there was a list" })
    const first = repository.commit("2017-01-01", { "lib/servers.json": servers("ash.list.example", "oak.list.example"), "lib/servers_testnet.json": servers("test.list.example") })
    repository.commit("2018-01-01", { "lib/servers.json": servers("ash.list.example", "elm.list.example") })
    repository.commit("2018-06-01", { "lib/servers.json": "{ broken" })
    repository.commit("2019-01-01", { "lib/servers.json": null, "lib/servers_testnet.json": null, "electrum/servers.json": servers("ash.list.example", "elm.list.example"), "electrum/servers_testnet.json": servers("test.list.example") })
    repository.git("checkout", "-q", "-b", "proposal")
    repository.commit("2020-01-01", { "electrum/servers.json": servers("ash.list.example", "elm.list.example", "oak.list.example", "never.list.example") })
    repository.commit("2020-02-01", { "electrum/servers.json": servers("ash.list.example", "elm.list.example", "OAK.list.example.") })
    repository.git("checkout", "-q", "main")
    repository.commit("2020-03-01", { README: "unrelated" })
    repository.git("merge", "-q", "--no-ff", "-m", "merged", "proposal")
    repository.git("commit", "-q", "--amend", "--no-edit", "--date", "2020-04-01T12:00:00Z")
    repository.commit("2021-01-01", { "electrum/servers.json": servers("elm.list.example", "oak.list.example"), "electrum/chains/testnet4/servers.json": servers("four.list.example"), "resources/bch/servers.json": servers("cash.list.example") })
    repository.git("remote", "add", "origin", "https://me:secret@git.example.org/somebody/wallet.git")

    const history = await read(repository.folder)
    expect(history.origin).toBe("git.example.org/somebody/wallet")
    const merged = new Date(Number(repository.git("log", "-1", "--format=%ct", "HEAD~1")) * 1000).toISOString().slice(0, 10)
    expect(stays(history)).toEqual([
      ["ash.list.example", "2017-01-01", merged, "2021-01-01", 1],
      ["elm.list.example", "2018-01-01", "2021-01-01", null, 1],
      ["oak.list.example", "2017-01-01", "2021-01-01", null, 2]
    ])
    expect(stays(history, "testnet")).toEqual([["test.list.example", "2017-01-01", "2021-01-01", null, 1]])
    expect(stays(history, "testnet4")).toEqual([["four.list.example", "2021-01-01", "2021-01-01", null, 1]])
    expect(history.listed.find(({ host }) => host === "ash.list.example")?.first.hash).toBe(first)
    expect(history.listed.some(({ host }) => host === "never.list.example" || host === "cash.list.example")).toBe(false)
  })

  it("reads the peers that ElectrumX ships, of Bitcoin's networks only, and a list that the user points to", async () => {
    const repository = testRepository(join(folder, "electrumx"))
    repository.commit("2017-01-01", { "lib/coins.py": coins(["ash.list.example s t", "oak.list.example s50012"], ["test.list.example s t"]), "my/list.txt": "mine.list.example:50002:s\n" })
    repository.commit("2018-01-01", { "lib/coins.py": null, "electrumx/lib/coins.py": coins(["ash.list.example s t"], []) })
    const history = await read(repository.folder)
    expect(stays(history)).toEqual([["ash.list.example", "2017-01-01", "2018-01-01", null, 1], ["oak.list.example", "2017-01-01", "2017-01-01", "2018-01-01", 1]])
    expect(stays(history, "testnet")).toEqual([["test.list.example", "2017-01-01", "2017-01-01", "2018-01-01", 1]])
    expect(history.origin).toBeNull()
    expect(stays(await read(repository.folder, { path: "my/list.txt", network: "signet" }), "signet")).toEqual([["mine.list.example", "2017-01-01", "2017-01-01", null, 1]])
  })

  it("runs nothing that a stranger's checkout names", async () => {
    const repository = testRepository(join(folder, "hostile"))
    const trace = join(folder, "ran")
    const program = join(folder, "program")
    writeFileSync(program, `#!/bin/sh\necho "$0" >> ${trace}\ncat\n`, { mode: 0o755 })
    repository.commit("2017-01-01", { "servers.json": servers("ash.list.example"), ".gitattributes": "*.json diff=evil filter=evil\n" })
    repository.commit("2018-01-01", { "servers.json": servers("oak.list.example"), "--output=x servers.json": servers("odd.list.example") })
    appendFileSync(join(repository.folder, ".git/config"), [
      "[core]", `\tfsmonitor = ${program}`, `\tpager = ${program}`, `\thooksPath = ${folder}`, `\tsshCommand = ${program}`, "[diff]", `\texternal = ${program}`,
      "[diff \"evil\"]", `\ttextconv = ${program}`, `\tcommand = ${program}`, "[filter \"evil\"]", `\tsmudge = ${program}`, `\tclean = ${program}`, "[log]", "\tshowSignature = true",
      "[gpg]", `\tprogram = ${program}`, "[remote \"origin\"]", `\turl = ext::${program}`, "\tpromisor = true", "[pager]", `\tlog = ${program}`, ""
    ].join("\n"))
    expect(stays(await read(repository.folder)).map(([host]) => host)).toEqual(["ash.list.example", "oak.list.example", "odd.list.example"])
    expect(existsSync(trace)).toBe(false)
  })

  it("reads on where a commit states a date that cannot be, and where one version is too large to be read", async () => {
    const repository = testRepository(join(folder, "odd"))
    repository.commit("2017-01-01", { "servers.json": servers("ash.list.example") })
    repository.commit("2018-01-01", { "servers.json": `${servers("oak.list.example")}${" ".repeat(5_000_001)}` })
    repository.commit("2019-01-01", { "servers.json": servers("ash.list.example", "elm.list.example") })
    for (const seconds of ["9000000000000", "99999999999999999"]) {
      const raw = join(folder, "raw-commit")
      writeFileSync(raw, `${repository.git("cat-file", "commit", "HEAD").replace(/^(committer .*> )\d+/m, `$1${seconds}`)}\n`)
      repository.git("update-ref", "HEAD", repository.git("hash-object", "-t", "commit", "-w", "--literally", raw))
      expect(stays(await read(repository.folder))).toEqual([
        ["ash.list.example", "2017-01-01", "9999-12-31", null, 1],
        ["elm.list.example", "9999-12-31", "9999-12-31", null, 1]
      ])
    }
  })

  it("fails with a sentence where there is no repository or no list", async () => {
    expect(await failure(join(folder, "nowhere"))).toMatch(/^cannot read: git log failed in /)
    const empty = testRepository(join(folder, "empty"))
    process.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
    expect(await failure(empty.folder).finally(() => delete process.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"])).toMatch(/^cannot read: .*empty belongs to another user.*copy it/)
    empty.commit("2017-01-01", { README: "no list" })
    expect(await failure(empty.folder)).toMatch(/^bad format: .* has no list of servers in its history/)
  })
})

describe("the peers in coins.py", () => {
  it("are found by class, name and network, whatever is inherited", () => {
    expect([...peersOfCoins(coins(["a.list.example s t"], ["b.list.example s"])) ?? []]).toEqual([["mainnet", ["a.list.example s t"]], ["testnet", ["b.list.example s"]]])
  })

  it("are none in what is no such file, however it is made", () => {
    for (const source of ["", "class A(A):\n    NAME = 'Bitcoin'\n    PEERS = ['x'", "PEERS = ['x s t']", `class Bitcoin(${"B, ".repeat(90)}):\n`.repeat(3_000), `${"class A(B):\n"}    PEERS = [${"'x', ".repeat(200_000)}`]) {
      expect([...peersOfCoins(source) ?? []]).toEqual([])
    }
  })
})

describe("the path of a list", () => {
  it.each([
    ["lib/servers.json", "mainnet"],
    ["electrum/servers_testnet.json", "testnet"],
    ["electrum/chains/testnet3/servers.json", "testnet"],
    ["electrum/chains/mutinynet/servers.json", "mutinynet"],
    ["resources/btc/servers.json", "mainnet"],
    ["resources/bch/servers.json", null],
    ["resources/ltc/servers_testnet.json", null]
  ])("%s is of %s", (path, network) => {
    expect(networkOfPath(path)).toBe(network)
  })
})
