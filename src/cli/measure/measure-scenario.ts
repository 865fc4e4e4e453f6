/** A wallet made for measuring: its master public key, and where its payments go. */
export interface MeasuredWallet {
  readonly name: string
  /** All payments go to one address. */
  readonly reusesAddress: boolean
  readonly masterKey: string
  readonly paidTo: ReadonlyArray<string>
}

/** Two keys that were made for this purpose; in regtest they hold nothing of anybody. */
const measuredWallets = {
  fresh: {
    name: "fresh",
    reusesAddress: false,
    masterKey: "vpub5ULu5fWrvN4FMfgmJgXc7k7m7t2oZcRWim83C6XwRdF65weotUd9j9E5g3vSP78jYGVYH6DJtBrhQBWMtqF4XdgyV2yBtpF3sTD8S71HWpW",
    paidTo: [
      "bcrt1qxkglx9dmecsmwpxrkmuetjperhw2ccfy8fa6wt",
      "bcrt1qlynx243u4fy8edzm6hztu2rmk0dmdm753hffgu",
      "bcrt1qp9tnss4p3ye2vv7epuva7mpdtk7ajuen9kmpqd",
      "bcrt1qhxf6safs7x5pcne4v5dxqsx3r0jdvwf3eg9w3g",
      "bcrt1qj4lw7gx5qxvsvhez6qv8zncttlrr20c39d54tn"
    ]
  },
  reused: {
    name: "reused",
    reusesAddress: true,
    masterKey: "vpub5UyGXWJjVv26b4U5HyEQghNuKCQ2FT4PsuK9W8d2bQ68VAwz7DFAUJdZ3PZc3uQjqGShARSaxsZEY2W3nz2eGMY2821kfd5r65J8T3abQJ5",
    paidTo: Array.from({ length: 5 }, () => "bcrt1qcszdldl4dzy0vvr7sd0furzm2wy8mk85ftr2es")
  }
} as const satisfies Record<string, MeasuredWallet>

/** Servers that write down what they are asked: two of one operator, two of others. */
const servers = [["anna-1", "anna"], ["anna-2", "anna"], ["bert", "bert"], ["carl", "carl"]] as const

/** Who runs a server of the scenario; servers that it does not have run themselves. */
export const operatorOf = (server: string): string => servers.find(([id]) => id === server)?.[1] ?? server

/** How a wallet is told which server to begin with. */
export const serverText = (server: string): string => `${server}.test:50002:s`

/** A wallet begins with so few servers in the runs, one after the other; the first one is listened to longest. */
export const plannedRuns: ReadonlyArray<{ readonly wallet: MeasuredWallet; readonly server: string }> = [
  { wallet: measuredWallets.fresh, server: "anna-1" },
  { wallet: measuredWallets.fresh, server: "anna-2" },
  { wallet: measuredWallets.fresh, server: "bert" },
  { wallet: measuredWallets.reused, server: "anna-1" },
  { wallet: measuredWallets.reused, server: "anna-2" }
]

/** The scenario as its file has it. */
export const measureScenario = (): unknown => ({
  name: "measure",
  title: "Servers that write down what wallets ask them",
  chain: "regtest",
  seeds: [serverText("anna-1")],
  round_trip_ms: [0, 0],
  jitter_ms: 0,
  servers: servers.map(([id, operator], i) => ({
    id,
    operator,
    software: "ElectrumX 1.18.0",
    names: [{ host: `${id}.test`, addresses: [`240.${i + 1}.0.1`], tls: 50_002 }],
    backend: "node",
    lists: "everyone"
  })),
  payments: Object.values(measuredWallets).flatMap(({ paidTo }, wallet) =>
    paidTo.map((to, i) => ({ to, amount: 100_000 + 1_000 * i, height: 400 + 100 * i + wallet })))
})
