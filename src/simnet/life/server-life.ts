import { addressBlock } from "../../domain/address.ts"
import { drawAddress } from "../draw/draw-address.ts"
import type { SeededRandom } from "../draw/random.ts"
import type { Failure } from "../model/failure.ts"
import { protocolMaximum, type Software } from "../model/software.ts"
import type { NameBook } from "../network/name-book.ts"
import type { RouteTable } from "../network/route-table.ts"
import type { PlannedServer } from "../plan/plan.ts"
import { servicesAt } from "../plan/planned-endpoints.ts"
import type { ServerRun, SimServer } from "../server/sim-server.ts"
import type { TlsIdentity } from "../server/tls-identity.ts"
import type { WorldClock } from "../world/world-clock.ts"
import type { Happening } from "./happenings.ts"

/** The world that a server lives in. */
export interface LifeOptions {
  readonly clock: WorldClock
  readonly routes: RouteTable
  readonly book: NameBook
  readonly random: SeededRandom
  /** A further run of the process, after whatever changed. */
  readonly run: (planned: PlannedServer) => ServerRun
  /** A later certificate, with the key it had or another. */
  readonly renewed: (planned: PlannedServer, key: "same" | "new", renewals: number) => () => TlsIdentity
  readonly happened: (happening: Happening) => void
}

/** After so long ElectrumX and its like no longer list a peer that does not answer. */
const staleMs = 3 * 3_600_000

/** A process is away for so long when it restarts. */
const restartMs = [20_000, 180_000] as const

/** What changes with one server while the world goes on. */
export class ServerLife {
  readonly server: SimServer
  readonly #options: LifeOptions
  readonly #random: SeededRandom
  /** Why it cannot be reached, by reason; the first counts. */
  readonly #failures = new Map<string, Failure>()
  #planned: PlannedServer
  #renewals = 0
  #forget: () => void = () => undefined

  constructor(planned: PlannedServer, server: SimServer, options: LifeOptions) {
    this.#planned = planned
    this.server = server
    this.#options = options
    this.#random = options.random.fork(`life/${planned.id}`)
  }

  /** What it is now. */
  get planned(): PlannedServer {
    return this.#planned
  }

  /** Begin with what the scenario has in store for it. */
  begin(): void {
    const { schedule } = this.#planned
    if (schedule === null || this.#planned.failure !== null) return
    const { uptime, restarts } = schedule
    if (uptime !== null) this.#upAndDown(uptime.up, uptime.down, uptime.fails)
    if (restarts !== null) this.#restarts(restarts)
    const { clock } = this.#options
    for (const { at, software } of schedule.upgrades) clock.later(at, () => this.#upgrade(software))
    for (const { at } of schedule.moves) clock.later(at, () => this.#move())
    for (const { at, key } of schedule.renewals) clock.later(at, () => this.#renew(key))
  }

  /** It cannot be reached for this reason; null: the reason is gone. */
  hold(reason: string, failure: Failure | null): void {
    const before = this.server.failure
    if (failure === null) this.#failures.delete(reason)
    else this.#failures.set(reason, failure)
    const now = this.#planned.failure ?? this.#failures.values().next().value ?? null
    if (now === before) return
    this.server.fail(now)
    this.#happened(now === null ? "up" : "down", now)
    if (now === null) this.#answersAgain()
    else if (before === null) this.#forget = this.#options.clock.later(staleMs, () => this.#list(false))
  }

  #answersAgain(): void {
    this.#forget()
    this.#list(true)
  }

  #list(listed: boolean): void {
    for (const announcement of this.#planned.announcements) announcement.listed = listed
  }

  #happened(what: Happening["what"], detail: string | null): void {
    this.#options.happened({ at: this.#options.clock.now(), what, server: this.#planned.id, detail })
  }

  /** Machines go down, so all servers of one draw the same times. */
  #upAndDown(meanUp: number, meanDown: number, failure: Failure): void {
    const random = this.#options.random.fork(`uptime/${this.#planned.machine}`)
    const goDown = (): void => {
      this.hold("uptime", failure)
      this.#options.clock.later(random.exponential(meanDown), comeBack)
    }
    const comeBack = (): void => {
      if (this.#failures.has("uptime")) this.server.restart(this.#options.run(this.#planned))
      this.hold("uptime", null)
      this.#options.clock.later(random.exponential(meanUp), goDown)
    }
    if (this.#planned.downAtFirst !== null) goDown()
    else comeBack()
  }

  #restarts(mean: number): void {
    const random = this.#random.fork("restarts")
    const next = (): void => {
      this.#options.clock.later(random.exponential(mean), () => {
        this.#restart(random)
        this.#happened("restart", null)
        next()
      })
    }
    next()
  }

  #restart(random: SeededRandom): void {
    this.server.restart(this.#options.run(this.#planned))
    this.hold("restart", "refused")
    this.#options.clock.later(random.between(...restartMs), () => this.hold("restart", null))
  }

  #upgrade(software: Software): void {
    const most = protocolMaximum(software)
    const { model: old } = this.#planned
    // Who lies about it goes on saying the same.
    const reported = old.reported.text === old.software.text ? software : old.reported
    const model = { ...old, software, reported, protocolMaximum: most }
    this.#planned = { ...this.#planned, software, compact: false, model }
    for (const announcement of this.#planned.announcements) announcement.announceVersion(most)
    this.#happened("upgrade", software.text)
    this.#restart(this.#random.fork(`upgrade to ${software.text}`))
  }

  #renew(key: "same" | "new"): void {
    this.#renewals++
    this.server.renew(this.#options.renewed(this.#planned, key, this.#renewals))
    this.#happened("renewal", key)
  }

  #move(): void {
    const { routes, book } = this.#options
    const random = this.#random.fork("move")
    const moved = new Map<string, string>()
    const names = this.#planned.names.map((name) => {
      const addresses = name.addresses.map((old) => {
        const address = moved.get(old) ?? drawAddress(addressBlock(old, 16, 48)!, random)
        moved.set(old, address)
        if (!name.dead.includes(old)) {
          routes.remove(old, this.server)
          routes.add(address, this.server, servicesAt(this.#planned, name.host))
        }
        return address
      })
      book.replace(name.host, name.addresses, addresses)
      const dead = name.dead.map((old) => moved.get(old)!)
      for (const announcement of this.#planned.announcements) {
        if (announcement.host === name.host && addresses.length > 0) announcement.address = addresses[0]!
      }
      return { ...name, addresses, dead }
    })
    this.#planned = { ...this.#planned, names }
    this.#happened("move", [...moved.values()].join(" "))
  }
}
