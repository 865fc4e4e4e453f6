import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { shippedChains } from "../../src/domain/chain.ts"
import { readChainFile } from "../../src/discovery/chain-file.ts"

const regtest = shippedChains.find((chain) => chain.name === "regtest")!

const written = Effect.fnUntraced(function*(text: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* fs.makeTempFileScoped()
  yield* fs.writeFileString(path, text)
  return path
})

layer(NodeServices.layer)("a chain from a file", (it) => {
  it.effect("is a chain like those that ship", () =>
    Effect.gen(function*() {
      const path = yield* written(JSON.stringify({ ...regtest, name: "my-regtest" }))
      assert.deepStrictEqual(yield* readChainFile(path), { ...regtest, name: "my-regtest" })
    }))

  it.effect("fails with every wrong field by name", () =>
    Effect.gen(function*() {
      const path = yield* written(JSON.stringify({
        ...regtest,
        name: "my-regtest",
        genesis_hash: "00FF",
        default_ports: { ...regtest.default_ports, tls: 70000 }
      }))
      const error = yield* Effect.flip(readChainFile(path))
      assert.strictEqual(error.reason, "bad format")
      assert.include(error.message, "genesis_hash")
      assert.include(error.message, "default_ports")
      assert.include(error.message, "tls")
    }))

  it.effect("fails when it is no JSON, takes a shipped name, or is missing", () =>
    Effect.gen(function*() {
      const messageOf = (path: string) => Effect.flip(readChainFile(path)).pipe(Effect.map((error) => error.message))
      assert.include(yield* messageOf(yield* written("not json")), "describes no chain")
      assert.include(yield* messageOf(yield* written(JSON.stringify(regtest))), "\"regtest\" belongs to a chain")
      assert.strictEqual(yield* messageOf("/nowhere/chain.json"), "There is no file /nowhere/chain.json.")
    }))
})
