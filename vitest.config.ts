import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Folders in their turn: those first whose tests mostly wait, for servers that pace themselves or for child processes; then those whose tests crawl. */
const turns = [/\/test\/watch\//, /\/test\/(?:cli|clients|web)\//, /\/test\/crawl\//]
const projects = ["long", "middle", "short"]

/** Tests that take longest begin first: at the end no worker waits for another. Projects stay together, for the files of one share what a worker has loaded. */
class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const projectOf = ({ project }: TestSpecification): number => projects.indexOf(project.name)
    const turnOf = ({ moduleId }: TestSpecification): number => {
      const turn = turns.findIndex((folder) => folder.test(moduleId))
      return turn === -1 ? turns.length : turn
    }
    return (await super.sort(files)).toSorted((a, b) => projectOf(a) - projectOf(b) || turnOf(a) - turnOf(b))
  }
}

const filesOf = (...folders: ReadonlyArray<string>): Array<string> => folders.map((folder) => `test/${folder}/**/*.test.ts`)

/** Many short files that leave nothing behind: to load the modules anew for each costs as much as the tests. */
const short = filesOf("discovery", "domain", "electrum", "enrich", "queries", "simnet", "transport")

/** They leave nothing behind either, but some start the command line, which is made before. */
const middle = filesOf("analysis", "api", "atlas", "crawl", "export", "probe", "report", "store")

const globalSetup = "test/support/global-setup.ts"

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
      { extends: true, test: { name: "middle", include: middle, isolate: false, globalSetup } },
      { extends: true, test: { name: "long", include: ["test/**/*.test.ts"], exclude: [...short, ...middle], globalSetup } }
    ]
  }
})
