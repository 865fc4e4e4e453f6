import { addressScope, isServerAddress, parseBlock } from "../domain/address.ts"

/** Which addresses may be sent packets. */
export interface AddressPolicy {
  /** `--allow-private`: addresses of every scope may be dialled. */
  readonly allowPrivate: boolean
  /** Simulated chains live on addresses nobody owns: 240.0.0.0/4 and 2001:db8::/32 pass too. */
  readonly simulated: boolean
  /** `OBSERVATORY_LOOPBACK_ONLY=1`: nothing but 127.0.0.0/8 and ::1, proxies and name servers included. */
  readonly loopbackOnly: boolean
}

const loopbacks = ["127.0.0.0/8", "::1/128"].map((cidr) => parseBlock(cidr)!)

/** `OBSERVATORY_LOOPBACK_ONLY`, which tests and CI set: anything but nothing, `0` and `false` is yes. */
export const isLoopbackOnly = (variable: string | undefined): boolean =>
  !["", "0", "false", undefined].includes(variable)

/** The two blocks that never leave the machine. A mapped address (`::ffff:127.0.0.1`) is not among them. */
export const isLoopback = (address: string): boolean => loopbacks.some((inside) => inside(address))

/** What loopback-only mode says about a packet to `target`; undefined when it may be sent. */
export const loopbackRefusal = (
  address: string,
  policy: Pick<AddressPolicy, "loopbackOnly">,
  what = "address"
): string | undefined =>
  policy.loopbackOnly && !isLoopback(address) ? `OBSERVATORY_LOOPBACK_ONLY forbids ${what} ${address}` : undefined

/**
 * Why a server's address must not be named to anybody, ourselves or a proxy,
 * e.g. `private address 10.0.0.1`; undefined when it may.
 */
export const scopeRefusal = (
  address: string,
  policy: Pick<AddressPolicy, "allowPrivate" | "simulated">
): string | undefined => {
  const scope = addressScope(address)
  if (scope === undefined) return `no address: ${address}`
  if (policy.allowPrivate || isServerAddress(address, policy.simulated)) return undefined
  return `${scope} address ${address}`
}

/** Why we must not open a connection to a server's address; undefined when we may. */
export const addressRefusal = (address: string, policy: AddressPolicy): string | undefined =>
  loopbackRefusal(address, policy) ?? scopeRefusal(address, policy)
