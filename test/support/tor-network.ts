import { type ChildProcess, spawn } from "node:child_process"
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts } from "./free-ports.ts"

const program = "/usr/bin/tor"

/** Whether Debian's tor is here; says so when not. */
export const torInstalled = (): boolean => {
  const installed = existsSync(program)
  if (!installed) console.warn(`Skipped: there is no ${program}. On Debian: apt-get install --no-install-recommends tor`)
  return installed
}

/**
 * What a network of a few nodes on one machine needs: everybody at one address,
 * a consensus every few seconds, and circuits although there are hardly more
 * nodes than hops. Guards and vanguards would want more of them.
 */
const usual = (folder: string, name: string): ReadonlyArray<string> => [
  "TestingTorNetwork 1",
  `DataDirectory ${folder}`,
  `Nickname ${name}`,
  "RunAsDaemon 0",
  `Log notice file ${join(folder, "log")}`,
  "ShutdownWaitLength 0",
  "Address 127.0.0.1",
  "AssumeReachable 1",
  "ContactInfo nobody@example.org",
  "PathsNeededToBuildCircuits 0.25",
  "UseEntryGuards 0",
  "VanguardsLiteEnabled 0",
  "LearnCircuitBuildTimeout 0",
  "CircuitBuildTimeout 10",
  "TestingDirAuthVoteExit *",
  "TestingDirAuthVoteHSDir *",
  "TestingDirAuthVoteGuard *",
  "TestingMinExitFlagThreshold 0",
  "TestingV3AuthInitialVotingInterval 10",
  "TestingV3AuthInitialVoteDelay 2",
  "TestingV3AuthInitialDistDelay 2",
  "V3AuthVotingInterval 10",
  "V3AuthVoteDelay 2",
  "V3AuthDistDelay 2"
]

const run = (args: ReadonlyArray<string>, cwd: string, tool = program): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(tool, args, { cwd, stdio: ["pipe", "pipe", "ignore"] })
    let out = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text))
    child.on("error", reject).on("close", () => resolve(out))
    child.stdin.end()
  })

export interface TorNetwork {
  /** SOCKS port of a client, with extended errors. */
  readonly socksPort: number
  readonly controlPort: number
  /** Onion of a service whose port 50001 and 50002 lead to the ports given. */
  readonly onion: string
  /** Milliseconds until the client had circuits. */
  readonly bootstrapMs: number
  readonly stop: () => void
}

const authorities = ["auth1", "auth2", "auth3"]
const relays = ["relay1", "relay2", "relay3"]

/**
 * A Tor network of its own on loopback: three directory authorities, three
 * relays and a client with an onion service; ready when the client has circuits.
 */
export const startTorNetwork = async (service: { readonly tcp: number; readonly tls: number }): Promise<TorNetwork> => {
  const startedAt = Date.now()
  const folder = mkdtempSync(join(tmpdir(), "tor-network-"))
  const children: Array<ChildProcess> = []
  const stop = (): void => {
    for (const child of children) child.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const home = (name: string): string => {
      const path = join(folder, name)
      mkdirSync(join(path, "keys"), { recursive: true, mode: 0o700 })
      return path
    }
    const write = (name: string, lines: ReadonlyArray<string>): void => writeFileSync(join(home(name), "torrc"), `${[...usual(home(name), name), ...lines].join("\n")}\n`)
    const [socksPort, controlPort, ...ports] = await freePorts(2 + 2 * authorities.length + relays.length)
    const known = await Promise.all(authorities.map(async (name, i) => {
      const [or, dir] = [ports[2 * i]!, ports[2 * i + 1]!]
      await run(["--create-identity-key", "-m", "12", "-a", `127.0.0.1:${dir}`, "--passphrase-fd", "0"], join(home(name), "keys"), "/usr/bin/tor-gencert")
      write(name, ["SocksPort 0", `ORPort 127.0.0.1:${or}`, `DirPort 127.0.0.1:${dir}`, "AuthoritativeDirectory 1", "V3AuthoritativeDirectory 1", "ExitRelay 0"])
      const listed = await run(["--list-fingerprint", "-f", join(home(name), "torrc"), "--hush", "--DirAuthority", `nobody 127.0.0.1:1 ${"0".repeat(40)}`], folder)
      const fingerprint = listed.trim().split("\n").at(-1)!.split(" ").slice(1).join("")
      const identity = /^fingerprint (\w+)$/m.exec(readFileSync(join(home(name), "keys/authority_certificate"), "utf8"))![1]
      return `DirAuthority ${name} orport=${or} no-v2 v3ident=${identity} 127.0.0.1:${dir} ${fingerprint}`
    }))
    relays.forEach((name, i) =>
      write(name, ["SocksPort 0", `ORPort 127.0.0.1:${ports[2 * authorities.length + i]}`, "ExitRelay 1", "ExitPolicyRejectPrivate 0", "ExitPolicy accept 127.0.0.0/8:*", "ExitPolicy reject *:*"]))
    write("client", [
      `SocksPort 127.0.0.1:${socksPort} ExtendedErrors`,
      `ControlPort 127.0.0.1:${controlPort}`,
      "ClientRejectInternalAddresses 0",
      `HiddenServiceDir ${join(folder, "client/service")}`,
      `HiddenServicePort 50001 127.0.0.1:${service.tcp}`,
      `HiddenServicePort 50002 127.0.0.1:${service.tls}`
    ])
    for (const name of [...authorities, ...relays, "client"]) {
      appendFileSync(join(folder, name, "torrc"), `${known.join("\n")}\n`)
      children.push(spawn(program, ["-f", join(folder, name, "torrc")], { stdio: "ignore" }))
    }
    const log = join(folder, "client/log")
    while (!existsSync(log) || !readFileSync(log, "utf8").includes("Bootstrapped 100%")) {
      if (Date.now() - startedAt > 110_000) throw new Error(`The Tor network is not ready: ${existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").at(-1) : "no log"}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    return {
      socksPort: socksPort!,
      controlPort: controlPort!,
      onion: readFileSync(join(folder, "client/service/hostname"), "utf8").trim(),
      bootstrapMs: Date.now() - startedAt,
      stop
    }
  } catch (cause) {
    stop()
    throw cause
  }
}

/** The circuits of a Tor client: purpose and the name and password of whoever has them. */
export const circuitsOf = (controlPort: number): Promise<ReadonlyArray<string>> =>
  run(["-c", `exec 3<>/dev/tcp/127.0.0.1/${controlPort}; printf 'AUTHENTICATE\\r\\nGETINFO circuit-status\\r\\nQUIT\\r\\n' >&3; cat <&3`], "/", "/bin/bash")
    .then((text) => text.split("\r\n").filter((line) => / BUILT /.test(line)))

