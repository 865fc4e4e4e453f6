import type { RunningServer } from "./start-server.ts"
import type { X509Certificate } from "node:crypto"
import type { TLSSocket } from "node:tls"
import { expect } from "vitest"
import { hello, type PlainClient, plainTcp, plainTls, request } from "./plain-client.ts"

/** Seen by a client that expects nothing: does the server do what the line of its trait says? */
export type TraitChecks = Readonly<Record<string, (server: RunningServer) => Promise<void>>>

export const dead = (client: PlainClient): boolean => client.closed() !== null

/** Connect, send, wait, look, leave. */
export const talk = async (
  server: RunningServer,
  send: string,
  done: (client: PlainClient) => boolean,
  options?: { readonly tls?: boolean; readonly withinMs?: number }
): Promise<PlainClient> => {
  const client = options?.tls === true ? plainTls(server.tlsPort) : plainTcp(server.tcpPort)
  client.send(send)
  try {
    await client.until(done, options?.withinMs ?? 20_000)
    return client
  } finally {
    client.destroy()
  }
}

/** The line that answers one request after the handshake. */
export const lineOf = async (
  server: RunningServer,
  method: string,
  params: ReadonlyArray<unknown> = []
): Promise<string> => {
  const client = await talk(server, hello + request(1, method, params), (c) => c.lines().length >= 2)
  return client.lines()[1]!
}

export const resultOf = async (
  server: RunningServer,
  method: string,
  params: ReadonlyArray<unknown> = []
): Promise<unknown> => (JSON.parse(await lineOf(server, method, params)) as { readonly result: unknown }).result

export const peersOf = (server: RunningServer): Promise<ReadonlyArray<unknown>> =>
  resultOf(server, "server.peers.subscribe") as Promise<ReadonlyArray<unknown>>

/** Nothing more than `expected` arrives for a while. */
export const staysSilent = async (
  server: RunningServer,
  send: string,
  expected: number,
  tls = false
): Promise<void> => {
  const more = await talk(server, send, (c) => c.size() > expected || dead(c), { tls, withinMs: 250 }).then(
    (c) => c.received().toString("utf8"),
    () => null
  )
  expect(more).toBeNull()
}

export const tcpIsFine = async (server: RunningServer): Promise<void> => {
  const client = await talk(server, hello, (c) => c.lines().length === 1)
  expect(client.lines()[0]).toContain(server.software)
}

export const honest = "one.honest.test"

export const tip = async (server: RunningServer): Promise<{ readonly hex: string; readonly height: number }> =>
  (await resultOf(server, "blockchain.headers.subscribe")) as { readonly hex: string; readonly height: number }

export const certificateOf = async (server: RunningServer): Promise<X509Certificate> => {
  const client = plainTls(server.tlsPort)
  client.send(hello)
  await client.until((c) => c.lines().length === 1)
  const certificate = (client.socket as TLSSocket).getPeerX509Certificate()!
  client.destroy()
  return certificate
}

export const features = async (server: RunningServer): Promise<Record<string, unknown>> =>
  (await resultOf(server, "server.features")) as Record<string, unknown>
