import { existsSync } from "node:fs"
import { expect } from "vitest"
import { type ElectrumWallet, startElectrumWallet, walletProgram } from "../../src/cli/measure/electrum-daemon.ts"
import { startIsolatedSimnet } from "../support/isolated-simnet.ts"
import { loopbackWorld } from "../../src/cli/measure/loopback-world.ts"
import { type Balance, byHeight, type Entry, scenarioFile } from "./planted.ts"

/** Whether the wallet is here; says so when not. */
export const walletInstalled = (): boolean => {
  const installed = existsSync(walletProgram)
  if (!installed) {
    console.warn(`Skipped: there is no ${walletProgram}. On Debian: apt-get install --no-install-recommends electrum`)
  }
  return installed
}

/** The height of every node when the world begins. */
export const firstTip = 2150

/** What the wallet knows of its server and of the chain. */
export interface Info {
  readonly server: string
  readonly blockchain_height: number
}

/** A simulated network and wallets, where nothing but loopback exists if that is permitted. */
export const startWalletWorld = async (simnetArguments: ReadonlyArray<string> = []) => {
  const world = await loopbackWorld()
  if (!world.isolated) {
    console.warn("Network namespaces are not permitted here: only the wallet's own settings keep it on loopback.")
  }
  const simnet = await startIsolatedSimnet(world, ["--scenario", scenarioFile, ...simnetArguments])
  return {
    world,
    /** A wallet of addresses or a master key that knows one server, `host:port:s`, as long as it is used. */
    withWallet: async (server: string, text: string, use: (wallet: ElectrumWallet) => Promise<void>): Promise<void> => {
      const wallet = await startElectrumWallet({ program: walletProgram, world, server, socksPort: simnet.socksPort, oneServer: true })
      try {
        await wallet.call("restore", { text })
        await wallet.call("load_wallet")
        await use(wallet)
        // Whatever it connects to is in its log.
        const dialled = [...wallet.log().matchAll(/connecting to (\S+) as new interface/g)].map(([, to]) => to)
        expect(dialled).toEqual([server])
      } finally {
        await wallet.stop()
      }
    },
    stop: async (): Promise<void> => {
      await simnet.stop()
      await world.close()
    }
  }
}

/** Until it has all headers of the beginning, and asked everything about its addresses. */
export const synchronised = async (wallet: ElectrumWallet): Promise<void> => {
  await wallet.until("getinfo", (info) => (info as Info).blockchain_height >= firstTip, 60_000)
  await wallet.until("is_synchronized", (answer) => answer === true, 20_000)
}

const satoshi = (btc: string): number => Math.round(Number(btc) * 1e8)

/** What `onchain_history` answers, as entries of the scenario are written. */
export const entriesIn = (history: unknown): ReadonlyArray<Entry> => {
  const { transactions } = history as {
    readonly transactions: ReadonlyArray<{ readonly height: number; readonly bc_value: string }>
  }
  return transactions.map(({ height, bc_value }) => ({ height, value: satoshi(bc_value) })).toSorted(byHeight)
}

export const historyOf = async (wallet: ElectrumWallet): Promise<ReadonlyArray<Entry>> =>
  entriesIn(await wallet.call("onchain_history"))

export const balanceOf = async (wallet: ElectrumWallet): Promise<Balance> => {
  const balance = (await wallet.call("getbalance")) as { readonly confirmed: string; readonly unconfirmed?: string }
  return { confirmed: satoshi(balance.confirmed), unconfirmed: satoshi(balance.unconfirmed ?? "0") }
}
