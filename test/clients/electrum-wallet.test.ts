import { once } from "node:events"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { addresses, entriesOf, masterKey, walletBalanceOf } from "./planted.ts"
import { balanceOf, firstTip, historyOf, startWalletWorld, synchronised, walletInstalled } from "./wallet-session.ts"

/**
 * Fulcrum never answers the end of a TLS connection, and the wallet, which
 * takes the certificate on a first one, waits for that before the real one.
 * They begin first.
 */
const servers = [
  { name: "fulcrum-1-12", software: "Fulcrum 1.12.0", firstContact: "after half a minute" },
  { name: "fulcrum-2-1", software: "Fulcrum 2.1.0", firstContact: "after half a minute" },
  { name: "electrumx-1-16", software: "ElectrumX 1.16.0", firstContact: "at once" },
  { name: "electrumx-1-18", software: "ElectrumX 1.18.0", firstContact: "at once" },
  { name: "electrumx-1-20", software: "ElectrumX 1.20.0", firstContact: "at once" },
  { name: "electrumx-2-0", software: "ElectrumX 2.0b1", firstContact: "at once" },
  { name: "romanz", software: "electrs/0.11.1", firstContact: "at once" },
  { name: "blockstream", software: "electrs-esplora 0.4.1", firstContact: "at once" },
  { name: "mempool", software: "mempool-electrs 3.1.0-dev-5f2e1c3", firstContact: "at once" }
] as const

const planted = Object.values(addresses).map(({ address }) => address)

/** Lines of the wallet's log begin with the seconds since it was started. */
const secondsToConnect = (log: string): number => {
  const at = (what: string): number => Number(new RegExp(`^ *([0-9.]+) \\| .*${what}`, "m").exec(log)?.[1])
  return at("connection established") - at("connecting to .* as new interface")
}

describe.runIf(walletInstalled())("A real wallet, Debian's electrum, in regtest over TLS", { concurrent: true }, () => {
  let wallets: Awaited<ReturnType<typeof startWalletWorld>>

  beforeAll(async () => {
    wallets = await startWalletWorld()
  })

  afterAll(() => wallets.stop())

  for (const { name, software, firstContact } of servers) {
    it(
      `is served by ${software} ${firstContact}: headers, balance and history`,
      () =>
        wallets.withWallet(`${name}.test:50002:s`, planted.join(" "), async (wallet) => {
          await synchronised(wallet)
          expect(secondsToConnect(wallet.log()) > 29).toBe(firstContact === "after half a minute")
          expect(await wallet.call("getinfo")).toMatchObject({
            server: `${name}.test`,
            blockchain_height: firstTip,
            server_height: firstTip,
            auto_connect: false
          })
          expect(await balanceOf(wallet)).toEqual(walletBalanceOf(planted))
          expect(await historyOf(wallet)).toEqual(entriesOf(planted))
        }),
      90_000
    )
  }

  it("finds what belongs to a master public key, also beyond the first twenty addresses", () =>
    wallets.withWallet("electrumx-1-16.test:50002:s", masterKey.text, async (wallet) => {
      await synchronised(wallet)
      // It says so between two batches of addresses too.
      await vi.waitFor(async () => expect(await balanceOf(wallet)).toEqual(walletBalanceOf(masterKey.addresses)), { timeout: 20_000, interval: 200 })
      expect(await historyOf(wallet)).toEqual(entriesOf(masterKey.addresses))
    }))

  it("has no way out of loopback", async (context) => {
    context.skip(!wallets.world.isolated, "network namespaces are not permitted here")
    const child = wallets.world.spawn("/bin/cat", ["/proc/net/route", "/proc/net/ipv6_route"], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let text = ""
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
    await once(child, "close")
    const routes = text.split("\n").filter((line) => line !== "" && !line.startsWith("Iface"))
    // Loopback needs none for IPv4, and names itself last for IPv6.
    expect(routes.filter((line) => !line.trimEnd().endsWith(" lo"))).toEqual([])
  })
})
