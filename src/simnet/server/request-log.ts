import type { LoggedRequest } from "../../domain/request-log.ts"
import type { Client } from "../model/client.ts"

/** What a log takes of one request; longer texts are cut. */
const longest = 100
/** Bytes of a line that are read; what is longer is no request of a wallet's. */
const longestLine = 1_000_000

const scriptHash = /^[0-9a-f]{64}$/i

type Asked = Pick<LoggedRequest, "method" | "client_name" | "script_hashes">

const askedIn = (message: unknown): ReadonlyArray<Asked> => {
  if (typeof message !== "object" || message === null) return []
  const { method, params } = message as { readonly method?: unknown; readonly params?: unknown }
  if (typeof method !== "string") return []
  const values: ReadonlyArray<unknown> = typeof params === "object" && params !== null ? Object.values(params) : []
  const [first] = values
  return [{
    method: method.slice(0, longest),
    client_name: method === "server.version" && typeof first === "string" ? first.slice(0, longest) : null,
    // Merkle proofs and transactions are asked for by hashes too.
    script_hashes: method.startsWith("blockchain.scripthash.")
      ? values.filter((value): value is string => typeof value === "string" && scriptHash.test(value)).map((value) => value.toLowerCase())
      : []
  }]
}

/** The requests of one line, whose members a batch has several of; none where it is no JSON. */
export const requestsOfLine = (line: Buffer): ReadonlyArray<Asked> => {
  if (line.length > longestLine) return []
  try {
    const message: unknown = JSON.parse(line.toString("utf8"))
    return (Array.isArray(message) ? message : [message]).flatMap(askedIn)
  } catch {
    return []
  }
}

/** What servers write down of those who ask them, as a curious operator would. */
export class RequestLog {
  readonly #write: (request: LoggedRequest) => void
  readonly #now: () => number
  #sessions = 0

  constructor(write: (request: LoggedRequest) => void, now: () => number) {
    this.#write = write
    this.#now = now
  }

  /** Takes the lines of a new connection to a server. */
  session(server: string, client: Client | null): (line: Buffer) => void {
    const session = ++this.#sessions
    return (line) => {
      for (const asked of requestsOfLine(line)) {
        this.#write({ at: this.#now(), server, session, client: client?.address ?? null, ...asked })
      }
    }
  }
}
