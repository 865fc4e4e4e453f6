import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process"
import { once } from "node:events"

/** Where processes run that must reach nothing but each other. */
export interface LoopbackWorld {
  /** False: namespaces are not permitted here, and processes see this machine's network. */
  readonly isolated: boolean
  readonly spawn: (command: string, args: ReadonlyArray<string>, options?: SpawnOptions) => ChildProcess
  readonly close: () => Promise<void>
}

// Without `ip`, which need not be there: SIOCSIFFLAGS with IFF_UP, IFF_LOOPBACK and IFF_RUNNING.
const loopbackUp = [
  "import fcntl, socket, struct, sys",
  "fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh22x', b'lo', 0x49))",
  "print('up', flush=True)",
  "sys.stdin.read()"
].join("\n")

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null && child.signalCode === null ? once(child, "close") : Promise.resolve()

/**
 * A network namespace of its own with nothing in it but loopback: whatever
 * runs there cannot send a packet to anybody, whatever it tries. It lives as
 * long as the process that holds it. As root, or where unprivileged user
 * namespaces are allowed; needs `unshare`, `nsenter` and Python.
 */
export const loopbackWorld = async (): Promise<LoopbackWorld> => {
  const root = process.getuid?.() === 0
  const holder = spawn("unshare", [root ? "-n" : "-rn", "/usr/bin/python3", "-c", loopbackUp], {
    stdio: ["pipe", "pipe", "ignore"]
  })
  const up = await new Promise<boolean>((resolve) => {
    holder.once("error", () => resolve(false))
    holder.once("close", () => resolve(false))
    holder.stdout.once("data", () => resolve(true))
  })
  if (!up) return { isolated: false, spawn: (command, args, options = {}) => spawn(command, args, options), close: async () => undefined }
  const enter = ["-t", String(holder.pid), "-n", ...(root ? [] : ["-U", "--preserve-credentials"]), "--"]
  return {
    isolated: true,
    spawn: (command, args, options = {}) => spawn("nsenter", [...enter, command, ...args], options),
    close: async () => {
      holder.stdin.end()
      await ended(holder)
    }
  }
}
