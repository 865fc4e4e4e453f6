import { isOnion, parseHost } from "../domain/host.ts"
import type { JoinRow } from "../store/store.ts"

/** What tells two services at one host apart; null is unknown. */
type Shown = Pick<JoinRow, "address" | "certificateSha256" | "claimedHosts" | "endpoint" | "featuresKey" | "reachable">

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b

const agree = (a: string | null, b: string | null): boolean => a !== null && a === b

/** Features claim this port, of whichever host that is an onion or none as the endpoint's is: an onion's port is no address's. */
const claimsPort = ({ claimedHosts }: Shown, { host: met, port, transport }: JoinRow["endpoint"]): boolean =>
  claimedHosts.some(({ host, tcpPort, tlsPort, wsPort, wssPort }) =>
    isOnion(host) === isOnion(met) && port === { tcp: tcpPort, tls: tlsPort, ws: wsPort, wss: wssPort }[transport])

const claimsItsHost = ({ claimedHosts, endpoint }: Shown): boolean =>
  claimedHosts.some(({ host }) => {
    const claimed = parseHost(host)
    return typeof claimed === "object" && claimed.text === endpoint.host
  })

/** Each claims the port at which it was met and not that of the other: a tunnel's name has a port for each of its users. */
const claimApart = (a: Shown, b: Shown): boolean =>
  claimsPort(a, a.endpoint) && claimsPort(b, b.endpoint) && !claimsPort(a, b.endpoint) && !claimsPort(b, a.endpoint)

/** Something that whoever holds the name cannot show of a stranger's server: its certificate, or its own word that the name is its. */
const tied = (a: Shown, b: Shown): boolean =>
  agree(a.certificateSha256, b.certificateSha256) || (agree(a.featuresKey, b.featuresKey) && claimsItsHost(a) && claimsItsHost(b))

/**
 * Whoever holds a name can point it at a stranger's server beside his own, and
 * relay that over TCP, where no certificate tells: at another address one
 * difference is enough, and so is that nothing ties the two. At one address a
 * service may have a certificate for each way in, or be restarted with other
 * features meanwhile, which claim its ports all the same.
 */
const contradict = (a: Shown, b: Shown): boolean => {
  const certificates = differ(a.certificateSha256, b.certificateSha256)
  const features = differ(a.featuresKey, b.featuresKey)
  if (!differ(a.address, b.address)) return features && (certificates || claimApart(a, b))
  return certificates || features || (a.reachable && b.reachable && !tied(a, b))
}

const isAlike = (a: Shown, b: Shown): boolean =>
  agree(a.certificateSha256, b.certificateSha256) || agree(a.featuresKey, b.featuresKey)

const known = (row: Shown): number => Number(row.certificateSha256 !== null) + Number(row.featuresKey !== null)

/**
 * Takes the endpoints of one host apart where they show that different services
 * answer there: no two of a part contradict each other. What is unknown of an
 * endpoint at one address contradicts nothing, so mostly there is one part.
 *
 * @param rows of one host and chain, in an order that depends on the rows only
 */
export const partsOfHost = <Row extends Shown>(rows: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<Row>> => {
  const parts: Array<Array<Row>> = []
  for (const row of rows.filter((it) => it.reachable || known(it) > 0).toSorted((a, b) => known(b) - known(a))) {
    const fitting = parts.filter((part) => !part.some((it) => contradict(it, row)))
    const part = fitting.find((part) => part.some((it) => isAlike(it, row))) ?? fitting[0]
    if (part === undefined) parts.push([row])
    else part.push(row)
  }
  if (parts.length < 2) return [rows]
  const place = new Map(parts.flatMap((part, i) => part.map((row) => [row, i] as const)))
  return [...Map.groupBy(rows, (row) => place.get(row) ?? 0).values()]
}
