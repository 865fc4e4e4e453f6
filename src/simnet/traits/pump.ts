import type { Duplex } from "node:stream"

/**
 * Write chunks for as long as the other side takes them: waits where it does
 * not read, stops when it leaves or `next` returns null.
 */
export const pump = (socket: Duplex, next: () => Buffer | string | null, done: () => void = () => undefined): void => {
  const more = (): void => {
    // A few chunks per turn, so that one client cannot starve the others.
    for (let i = 0; i < 4; i++) {
      if (socket.destroyed || !socket.writable) return
      const chunk = next()
      if (chunk === null) return done()
      if (!socket.write(chunk)) {
        socket.once("drain", more)
        return
      }
    }
    setImmediate(more)
  }
  more()
}

/** One byte at a time, `everyMs` apart. */
export const dribble = (socket: Duplex, bytes: Buffer, everyMs: number, done: () => void): void => {
  let at = 0
  const timer = setInterval(() => {
    if (at < bytes.length) return void socket.write(bytes.subarray(at, ++at))
    stop()
    done()
  }, everyMs)
  const stop = (): void => {
    clearInterval(timer)
    // A connection has many replies: none may leave a listener behind.
    socket.off("close", stop)
  }
  socket.once("close", stop)
}
