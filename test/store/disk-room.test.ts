import { writeFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { tooLittleRoom } from "../../src/store/disk-room.ts"
import { temporaryFolder } from "../support/small-database.ts"

describe("room for a copy beside a database", () => {
  it.effect("is what the database and its log take, and 32 MB that the database itself may need", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/a.duckdb`
      writeFileSync(path, Buffer.alloc(3 * 2 ** 20))
      writeFileSync(`${path}.wal`, Buffer.alloc(2 ** 20))
      assert.isNull(yield* tooLittleRoom(path, Effect.succeed(36 * 2 ** 20)))
      assert.match((yield* tooLittleRoom(path, Effect.succeed(36 * 2 ** 20 - 1)))!, /: 35 MiB are free .* less than 36 /)
      // A system that does not tell, and the disk that this is on.
      assert.isNull(yield* tooLittleRoom(path, Effect.succeed(null)))
      assert.isNull(yield* tooLittleRoom(path))
    }).pipe(Effect.provide(NodeServices.layer)))
})
