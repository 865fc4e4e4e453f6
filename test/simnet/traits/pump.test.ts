import { PassThrough } from "node:stream"
import { describe, expect, it } from "vitest"
import { dribble } from "../../../src/simnet/traits/pump.ts"

describe("a reply that dribbles", () => {
  it("arrives whole, and leaves nothing behind on its connection, however many there are", async () => {
    const socket = new PassThrough()
    const listeners = socket.listenerCount("close")
    const replies = Array.from({ length: 20 }, (_, i) => `reply ${i}\n`)
    for (const reply of replies) await new Promise<void>((resolve) => dribble(socket, Buffer.from(reply), 1, resolve))
    expect(String(socket.read())).toBe(replies.join(""))
    expect(socket.listenerCount("close")).toBe(listeners)
  })

  it("ends with its connection", async () => {
    const socket = new PassThrough()
    let isDone = false
    dribble(socket, Buffer.alloc(1000, "x"), 1, () => (isDone = true))
    const closed = new Promise((resolve) => socket.once("close", resolve))
    setTimeout(() => socket.destroy(), 20)
    await closed
    expect(socket.listenerCount("close")).toBe(0)
    expect(isDone).toBe(false)
  })
})
