import { protocolRange } from "../catalogue.ts"

/**
 * One thing said in a deep visit: a line that is not, or not quite, as the
 * protocol has it. Stored as an observation `deep/NAME`.
 */
export interface DeepProbe {
  readonly name: string
  /** What is asked, as identification reads it; empty where the line names no method. */
  readonly method: string
  readonly params: (clientName: string) => ReadonlyArray<unknown>
  /** The line as it is sent, without its end. */
  readonly line: (id: number, clientName: string) => string
  /** Why sending it harms nobody. */
  readonly harmless: string
  /** What the reply tells (rows of protocol-facts, section 6). */
  readonly tells: string
  /** Beside errors, in ElectrumX units. */
  readonly units: number
  /** `ping`: a good ping goes with it, which shows that silence is the reply; `alone`: nothing does; `end`: our side ends behind it. */
  readonly after: "ping" | "alone" | "end"
  /** Milliseconds of silence before it. */
  readonly restMs?: number
}

/** Probes that share a connection, in this order. */
export interface DeepDialogue {
  readonly name: string
  /** Begins with a well-formed `server.version`. */
  readonly handshake: boolean
  /** `padded`: only where replies are padded; `tcp`: not over TLS, where ends are the TLS library's; `invalid json`: only on request. */
  readonly when: "always" | "padded" | "tcp" | "invalid json"
  readonly probes: ReadonlyArray<DeepProbe>
}

/** More than anything speaks: what is agreed on then is the server's own highest. */
export const openRange = ["1.4", "99.9"] as const

/** A method that exists nowhere; it says whose question it is. */
const unknownMethod = "observatory.no_such_method"

const json = (value: unknown): string => JSON.stringify(value)
const nothing = (): ReadonlyArray<unknown> => []
const ping = { method: "server.ping", params: nothing, units: 0.1 } as const

const version = (name: string, params: (client: string) => ReadonlyArray<unknown>) =>
  ({ name, method: "server.version", params, units: 0.5 }) as const

export const handshakeLine = (id: number, clientName: string): string =>
  json({ jsonrpc: "2.0", id, method: "server.version", params: [clientName, openRange] })

export const pingLine = (id: number): string => json({ jsonrpc: "2.0", id, method: "server.ping", params: [] })

const ownKeepAlive = "the protocol's keep-alive, worded unusually"

/**
 * In the order asked; what comes late is left out first when the errors that a
 * visit may make are used up. Never a transaction, not even a broken one: a
 * broadcast would tell nothing that `before-version` and `version-extra` do not
 * tell as well. What the regular visit asks with well-formed requests, heights
 * out of range and the like, is not asked again.
 */
export const deepDialogues: ReadonlyArray<DeepDialogue> = [
  {
    name: "no dialect",
    handshake: false,
    when: "always",
    probes: [{
      ...version("no-jsonrpc", (client) => [client, openRange]),
      line: (id, client) => json({ id, method: "server.version", params: [client, openRange] }),
      harmless: "a handshake, with the envelope's version left out as old clients do",
      tells: "row 38; and by the range the highest protocol, printed as the server prints it",
      after: "alone"
    }]
  },
  {
    name: "old dialect",
    handshake: false,
    when: "always",
    probes: [{
      ...version("jsonrpc-1.0", (client) => [client, protocolRange]),
      line: (id, client) => json({ jsonrpc: "1.0", id, method: "server.version", params: [client, protocolRange] }),
      harmless: "a handshake, in JSON-RPC 1.0",
      tells: "row 39: ElectrumX answers in the old form, Fulcrum before 1.6 refuses, the others do not care",
      after: "alone"
    }]
  },
  {
    name: "early",
    handshake: false,
    when: "always",
    probes: [{
      ...ping,
      name: "before-version",
      line: (id) => pingLine(id),
      harmless: "the protocol's keep-alive, asked too early",
      tells: "row 10: ElectrumX since 1.19 sends two notifications and an error, and closes; all others answer",
      after: "alone"
    }]
  },
  {
    name: "more arguments",
    handshake: false,
    when: "always",
    probes: [{
      ...version("version-extra", (client) => [client, protocolRange, "extra"]),
      line: (id, client) => json({ jsonrpc: "2.0", id, method: "server.version", params: [client, protocolRange, "extra"] }),
      harmless: "a handshake; protocol 1.6 has servers ignore what is too much",
      tells: "row 8: ElectrumX before 1.19, Fulcrum before 2.1 and romanz electrs refuse",
      after: "alone"
    }]
  },
  {
    name: "envelopes",
    handshake: true,
    when: "always",
    probes: [
      {
        ...ping,
        name: "id-text",
        line: () => json({ jsonrpc: "2.0", id: "text", method: "server.ping", params: [] }),
        harmless: ownKeepAlive,
        tells: "row 31: all echo it",
        after: "ping"
      },
      {
        ...ping,
        name: "id-fraction",
        line: () => json({ jsonrpc: "2.0", id: 1.5, method: "server.ping", params: [] }),
        harmless: ownKeepAlive,
        tells: "row 33: Fulcrum refuses, all others echo it",
        after: "ping"
      },
      {
        ...ping,
        name: "extra-key",
        line: (id) => json({ jsonrpc: "2.0", id, method: "server.ping", params: [], extra: 1 }),
        harmless: ownKeepAlive,
        tells: "row 37: Fulcrum refuses, all others ignore it",
        after: "ping"
      },
      {
        ...ping,
        name: "batch",
        line: (id) => `[${pingLine(id)},${pingLine(id + 1)}]`,
        harmless: "two keep-alives in one line",
        tells: "row 30: Blockstream electrs closes, ElectrumX puts a space between the replies",
        after: "ping"
      }
    ]
  },
  {
    name: "pace",
    handshake: true,
    when: "padded",
    probes: [
      {
        ...ping,
        name: "ping-rested",
        line: (id) => pingLine(id),
        harmless: "the protocol's keep-alive",
        tells: "the round trip without pacing: who pads holds lone replies back for a second after the last one",
        after: "alone",
        restMs: 1200
      },
      {
        ...ping,
        name: "ping-at-once",
        line: (id) => pingLine(id),
        harmless: "the protocol's keep-alive",
        tells: "how long a lone reply is held back",
        after: "alone"
      }
    ]
  },
  {
    name: "half-close",
    handshake: true,
    when: "tcp",
    probes: [{
      ...ping,
      name: "half-close",
      line: (id) => pingLine(id),
      harmless: "the protocol's keep-alive, and then we have nothing more to say",
      tells: "ElectrumX closes without a reply, Fulcrum replies first",
      after: "end"
    }]
  },
  {
    name: "errors",
    handshake: true,
    when: "always",
    probes: [
      {
        name: "unknown-method",
        method: unknownMethod,
        params: nothing,
        line: (id) => json({ jsonrpc: "2.0", id, method: unknownMethod, params: [] }),
        harmless: "clients of newer protocols ask for methods that are not there all the time",
        tells: "row 16: every family has its own sentence, Blockstream electrs closes",
        units: 0,
        after: "ping"
      },
      {
        ...ping,
        name: "too-many-params",
        params: () => [1],
        line: (id) => json({ jsonrpc: "2.0", id, method: "server.ping", params: [1] }),
        harmless: ownKeepAlive,
        tells: "row 15: ElectrumX since 2.0 and the electrs family answer, the others refuse",
        after: "ping"
      },
      {
        ...ping,
        name: "params-text",
        line: (id) => json({ jsonrpc: "2.0", id, method: "server.ping", params: "a" }),
        harmless: ownKeepAlive,
        tells: "row 21: refused in three ways, ignored by romanz electrs, Blockstream electrs closes",
        after: "ping"
      },
      {
        name: "empty-batch",
        method: "",
        params: nothing,
        line: () => "[]",
        harmless: "asks for nothing",
        tells: "row 29",
        units: 0,
        after: "ping"
      }
    ]
  },
  {
    name: "refused version",
    handshake: false,
    when: "always",
    probes: [{
      ...version("refused-range", (client) => [client, ["98", "99"]]),
      line: (id, client) => json({ jsonrpc: "2.0", id, method: "server.version", params: [client, ["98", "99"]] }),
      harmless: "a client from a far future, which no server can serve",
      tells: "row 6: four sentences, an empty close (ElectrumX 1.18), or an answer (Blockstream electrs and its forks)",
      after: "alone"
    }]
  },
  {
    name: "twice",
    handshake: true,
    when: "always",
    probes: [
      {
        ...version("version-twice", (client) => [client, protocolRange]),
        line: (id, client) => json({ jsonrpc: "2.0", id, method: "server.version", params: [client, protocolRange] }),
        harmless: "a second handshake, which servers refuse or answer again",
        tells: "row 9",
        after: "ping"
      },
      {
        ...ping,
        name: "id-null",
        line: () => json({ jsonrpc: "2.0", id: null, method: "server.ping", params: [] }),
        harmless: ownKeepAlive,
        tells: "row 32: ElectrumX does not answer, all others do",
        after: "ping"
      }
    ]
  },
  {
    name: "invalid json",
    handshake: true,
    when: "invalid json",
    probes: [{
      name: "invalid-json",
      method: "",
      params: nothing,
      line: () => "{\"id\":1,",
      harmless: "costs us 1,100 units at ElectrumX, more than its soft limit: only on request, and alone",
      tells: "row 26: four sentences, Blockstream electrs closes",
      units: 0,
      after: "ping"
    }]
  }
]
