import { vi } from "vitest"
import type * as EmptyDatabase from "../../src/store/empty-database.ts"
import { bundleVariable, emptyBeside } from "./bundle-of-run.ts"

// What a test stores begins, as in the installed package, with the empty database beside the bundle of this run: to
// make all tables and views for each of a thousand databases takes as long as the tests. That both are the same,
// and that each older version leads there, is what store/empty-database and store/migrations show.
vi.mock("../../src/store/empty-database.ts", async (original) => {
  const real = await original<typeof EmptyDatabase>()
  const bundle = process.env[bundleVariable]
  const beginWithShipped: typeof real.beginWithShipped = (path, shipped) =>
    real.beginWithShipped(path, shipped ?? (bundle === undefined ? undefined : emptyBeside(bundle)))
  return { ...real, beginWithShipped }
})
