import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Tests of the command line, of crawls and in a browser take longest, and begin first: at the end no worker waits for another. */
class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const isLong = ({ moduleId }: TestSpecification): boolean => /\/test\/(?:cli|crawl|clients|web)\//.test(moduleId)
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

/** Many short files that leave nothing behind: to load the modules anew for each costs as much as the tests. */
const short = ["discovery", "domain", "electrum", "enrich", "queries", "simnet", "transport"].map((folder) => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    env: { OBSERVATORY_LOOPBACK_ONLY: "1" },
    // Against hanging, not to measure: the machine may be busy with something else.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // More than the two cores here and in CI: most files wait, for servers that pace themselves and for child
    // processes. Each file owns its ports and its database file.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Tests of one file that run together mostly wait, but each may have a simulated network and a crawl of its own.
    maxConcurrency: 5,
    setupFiles: "test/support/begin-with-empty.ts",
    projects: [
      { extends: true, test: { name: "short", include: short, isolate: false } },
      { extends: true, test: { name: "long", include: ["test/**/*.test.ts"], exclude: short, globalSetup: "test/support/global-setup.ts" } }
    ]
  }
})
