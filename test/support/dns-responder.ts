import { Effect, type Scope } from "effect"
import { createSocket } from "node:dgram"
import { type Answer, decode, encode, RECURSION_DESIRED } from "dns-packet"

/** Records of one name by type, or a response code, or silence. */
export type DnsAnswer =
  | Readonly<Partial<Record<"A" | "AAAA" | "PTR" | "NS" | "TXT", ReadonlyArray<string> | "silence">>>
  | "NXDOMAIN"
  | "SERVFAIL"
  | "REFUSED"
  | "silence"

const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const

export interface DnsResponder {
  readonly address: string
  readonly port: number
  /** `TYPE name` of every question, in order. */
  readonly questions: Array<string>
}

/** A real DNS server on a loopback UDP port; names not in the table do not exist. */
export const dnsResponder = (
  table: Readonly<Record<string, DnsAnswer>>
): Effect.Effect<DnsResponder, never, Scope.Scope> =>
  Effect.gen(function*() {
    const questions: Array<string> = []
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => createSocket("udp4")),
      (socket) => Effect.callback<void>((resume) => void socket.close(() => resume(Effect.void)))
    )
    socket.on("message", (message, from) => {
      const query = decode(message)
      const question = query.questions?.[0]
      if (question === undefined) return
      const name = question.name.toLowerCase()
      questions.push(`${question.type} ${name}`)
      const entry = table[name] ?? "NXDOMAIN"
      if (entry === "silence") return
      const records = typeof entry === "string" ? [] : entry[question.type as "A"] ?? []
      if (records === "silence") return
      const answers = records.map((data) => ({ type: question.type, class: "IN", name: question.name, ttl: 60, data }))
      socket.send(
        encode({
          type: "response",
          id: query.id ?? 0,
          flags: RECURSION_DESIRED | codes[typeof entry === "string" ? entry : "NOERROR"],
          questions: [question],
          answers: answers as Array<Answer>
        }),
        from.port,
        from.address
      )
    })
    yield* Effect.callback<void>((resume) => {
      socket.bind(0, "127.0.0.1", () => resume(Effect.void))
    })
    return { address: "127.0.0.1", port: socket.address().port, questions }
  })
