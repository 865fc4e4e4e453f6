import type { ExposurePage } from "../../../src/atlas/shapes/exposure.ts"

export type OwnerRow = ExposurePage["rows"][number]

/** A wallet whose life was simulated, as one text for choosing. */
export interface WalletChoice {
  readonly key: string
  readonly label: string
}

const keyOf = ({ route, savedServer, wallet }: OwnerRow): string => `${wallet}/${route}/${savedServer ? "saved" : "drawn"}`

const labelOf = ({ route, savedServer, wallet }: OwnerRow): string =>
  [
    wallet === "one server" ? "a wallet of one public server" : wallet,
    route === "tor" ? "through Tor" : "without Tor",
    wallet === "one server" ? savedServer ? "always the same" : "drawn at every start" : savedServer ? "main server saved once" : "main server drawn at every start"
  ].join(", ")

/** The wallets that were simulated, the first one being the usual. */
export const walletsOf = ({ rows }: Pick<ExposurePage, "rows">): ReadonlyArray<WalletChoice> => {
  const found = new Map<string, string>()
  for (const row of rows) found.set(keyOf(row), labelOf(row))
  return [...found].map(([key, label]) => ({ key, label }))
}

/** Numbers of starts that were simulated for a wallet, ascending. */
export const startsOf = ({ rows }: Pick<ExposurePage, "rows">, wallet: string): ReadonlyArray<number> =>
  [...new Set(rows.filter((row) => keyOf(row) === wallet).map(({ starts }) => starts))].sort((a, b) => a - b)

/** Owners a wallet meets after so many starts, those that see most first. */
export const ownersOf = ({ rows }: Pick<ExposurePage, "rows">, wallet: string, starts: number): ReadonlyArray<OwnerRow> =>
  rows.filter((row) => keyOf(row) === wallet && row.starts === starts)
    .toSorted((a, b) => (b.main.value ?? -1) - (a.main.value ?? -1) || (b.connected.value ?? -1) - (a.connected.value ?? -1))

/** Advice of the whole page, each sentence once. */
export const adviceOf = ({ concentration, policies, rows }: ExposurePage): ReadonlyArray<string> =>
  [...new Set([...rows, ...policies, ...concentration].flatMap(({ recommendation }) => recommendation === null ? [] : [recommendation]))]
