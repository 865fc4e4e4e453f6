import { Deferred, Effect, Queue, Random, Stream } from "effect"
import type { Source } from "../../../domain/advertisement.ts"
import type { Chain } from "../../../domain/chain.ts"
import { isLoopback } from "../../../transport/address-policy.ts"
import { type Connection, Dialer } from "../../../transport/dialer.ts"
import { strangersRulesOn } from "../../claim.ts"
import { DiscoveryError, unreachedReason } from "../../discovery-error.ts"
import { parseRealName } from "../../real-name.ts"
import { maxSpeakers } from "../collect.ts"
import { type Heard, saidBy, type SeedSource } from "../seed-source.ts"
import { boundedTransport } from "./bounded-transport.ts"
import { ChannelWatch } from "./channel-watch.ts"
import { type IrcTarget, ircTargetText } from "./irc-target.ts"

/** Time to connect (through Tor, if it must be) and to register, before listening begins. */
const registeringMs = 150_000

/** Nicks are tried until one is free. */
const mostNicks = 5

/** A nick of nobody's. It must not begin like a server's, or others would take us for one. */
const drawNick = Effect.map(Random.nextIntBetween(0, 36 ** 6 - 1), (drawn) => `obs${drawn.toString(36).padStart(6, "0")}`)

/**
 * Passwords go to nobody but the server meant: over TLS with a certificate that
 * a known authority vouches for, to an onion, which is its own proof, or within this machine.
 */
const accountRefusal = ({ account, endpoint }: IrcTarget, { tls }: Connection): string | null =>
  account === null || endpoint.networkClass === "onion" || isLoopback(endpoint.host)
    ? null
    : tls === null
    ? "an account is not sent without TLS"
    : tls.verifyError !== null
    ? `an account is not sent to a server whose certificate does not hold (${tls.verifyError})`
    : null

const listen = Effect.fnUntraced(function*(
  target: IrcTarget,
  listenMs: number,
  announced: (nick: string, realName: string) => void
) {
  const name = ircTargetText(target)
  const fail = (reason: DiscoveryError["reason"], detail: string) =>
    new DiscoveryError({ reason, subject: name, message: `${name}: ${detail.slice(0, 300)}` })
  // Its code is large and of use to few commands.
  const { default: framework } = yield* Effect.promise(() => import("irc-framework"))
  const dialer = yield* Dialer
  const connection = yield* Effect.flatMap(dialer.plan(target.endpoint), (plan) => dialer.connect(plan)).pipe(
    Effect.mapError((error) => fail(unreachedReason(error), error.message))
  )
  const refusal = accountRefusal(target, connection)
  if (refusal !== null) return yield* fail("not allowed", refusal)
  const nick = yield* drawNick
  const registered = yield* Deferred.make<void>()
  const failed = yield* Deferred.make<never, DiscoveryError>()
  const end = (error: DiscoveryError): void => {
    Deferred.doneUnsafe(failed, Effect.fail(error))
  }
  const client = new framework.Client()
  const watch = new ChannelWatch(target.channel, target.nickPrefix, {
    send: (...words) => client.raw(...words),
    announced,
    refused: (message) => end(fail("not allowed", message))
  })
  let lastWords = "the server closed the connection"
  let nicks = 1
  const another = (): void => {
    if (++nicks > mostNicks) return end(fail("not allowed", "no nick was free"))
    client.changeNick(`${nick.slice(0, 7)}${nicks}`)
  }
  client.on("registered", () => Deferred.doneUnsafe(registered, Effect.void))
  client.on("nick in use", another)
  client.on("nick invalid", another)
  client.on("sasl failed", ({ message, reason }) => end(fail("not allowed", `the account was refused: ${message ?? reason}`)))
  client.on("close", () => end(fail("cannot connect", lastWords)))
  client.connect({
    nick,
    username: "observatory",
    gecos: "electrum-observatory, listening only",
    auto_reconnect: false,
    // Our own clock ends this; the server's pings are answered.
    ping_interval: 0,
    ping_timeout: 0,
    ...(target.account === null ? {} : { account: { ...target.account } }),
    sasl_disconnect_on_fail: true,
    transport: boundedTransport(connection.socket, {
      line: (line) => {
        if (line.command === "ERROR") lastWords = line.words.join(" ")
        watch.line(line)
      },
      failed: (message) => end(fail("bad format", message))
    })
  })
  const listened = Deferred.await(registered).pipe(
    Effect.timeoutOrElse({ duration: registeringMs, orElse: () => Effect.fail(fail("timeout", "not registered in time")) }),
    Effect.andThen(Effect.sleep(listenMs)),
    Effect.andThen(Effect.sync(() => client.quit("")))
  )
  yield* Effect.raceFirst(listened, Deferred.await(failed)).pipe(Effect.ensuring(Effect.sync(() => connection.socket.destroy())))
}, Effect.scoped)

/**
 * A channel where servers announce themselves by the real names of their bots,
 * as in the network's IRC days. Passive: it joins, asks WHO, and says nothing;
 * what people write is not read. Each nick is a source of its own, so that it
 * is known who said what.
 */
export const ircSource = (target: IrcTarget, chain: Chain, allowPrivate: boolean, listenMs: number): SeedSource<Dialer> => {
  const source: Source = { kind: "irc", name: ircTargetText(target), detail: null }
  const rules = strangersRulesOn(chain, allowPrivate)
  return {
    source,
    timeoutMs: registeringMs + listenMs + 5_000,
    heard: Stream.callback<Heard, DiscoveryError, Dialer>((queue) => {
      let speakers = 0
      return listen(target, listenMs, (nick, realName) => {
        // The queue takes no more at once: those beyond are counted.
        if (++speakers <= maxSpeakers) Queue.offerUnsafe(queue, saidBy({ ...source, detail: nick }, [parseRealName(realName, chain.default_ports, rules)]))
      }).pipe(
        Effect.onExit(() => speakers > maxSpeakers ? Queue.offer(queue, saidBy(source, [], speakers - maxSpeakers)) : Effect.void),
        Effect.matchCauseEffect({
          onFailure: (cause) => Queue.failCause(queue, cause),
          onSuccess: () => Queue.end(queue)
        })
      )
    }, { bufferSize: maxSpeakers })
  }
}
