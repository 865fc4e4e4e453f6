import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Files that take longest, in their turn: begun late, all others would wait for them. */
const longest = [
  "web/viewer", "cli/scenarios", "web/hostile-viewer", "watch/churn", "watch/one-evening", "cli/hostile", "cli/demo", "cli/judged-scenarios", "cli/budget",
  "crawl/erring-servers", "cli/identified", "cli/probe", "cli/metadata-truth", "cli/diff", "cli/suspicion", "crawl/differential-run", "cli/crash", "watch/retention",
  "cli/merge", "watch/killed", "clients/measure", "cli/shared-frontier", "cli/package", "web/watched-viewer", "cli/topology-crawl", "crawl/merge-observers",
  "store/archive", "api/public-queries", "store/durability", "export/evidence", "report/command", "export/withheld"
]
const projects = ["crawling", "waiting", "middle", "short"]

/** Tests that take longest begin first: at the end no worker waits for another. Else projects stay together, for the files of one share what a worker has loaded. */
class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const projectOf = ({ project }: TestSpecification): number => projects.indexOf(project.name)
    const turnOf = ({ moduleId }: TestSpecification): number => {
      const turn = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return turn === -1 ? longest.length : turn
    }
    return (await super.sort(files)).toSorted((a, b) => turnOf(a) - turnOf(b) || projectOf(a) - projectOf(b))
  }
}

const filesOf = (...folders: ReadonlyArray<string>): Array<string> => folders.map((folder) => `test/${folder}/**/*.test.ts`)

/** Many short files that leave nothing behind: to load the modules anew for each costs as much as the tests. */
const short = filesOf("discovery", "domain", "electrum", "enrich", "queries", "simnet", "transport")

/** They leave nothing behind either, but some start the command line, which is made before. */
const middle = filesOf("analysis", "api", "atlas", "export", "report", "store")

/** The same of tests that mostly wait for the servers they ask. */
const crawling = filesOf("crawl", "probe")

const globalSetup = "test/support/global-setup.ts"

/** Files that mostly wait, for servers that pace themselves and for child processes, leave most of two cores to others; first they, then those that calculate. */
const whileWaiting = { maxWorkers: 8, sequence: { groupOrder: 0 } }
const calculating = { maxWorkers: 4, sequence: { groupOrder: 1 } }

export default defineConfig({
  test: {
    env: { OBSERVATORY_LOOPBACK_ONLY: "1" },
    // Against hanging, not to measure: the machine may be busy with something else.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // For the two cores here and in CI. Each file owns its ports and its database file.
    maxWorkers: 8,
    sequence: { sequencer: LongestFirst },
    // Tests of one file that run together mostly wait, but each may have a simulated network and a crawl of its own.
    maxConcurrency: 5,
    setupFiles: "test/support/begin-with-empty.ts",
    projects: [
      { extends: true, test: { name: "short", include: short, isolate: false, ...calculating } },
      { extends: true, test: { name: "middle", include: middle, isolate: false, globalSetup, ...calculating } },
      { extends: true, test: { name: "crawling", include: crawling, isolate: false, globalSetup, ...whileWaiting } },
      { extends: true, test: { name: "waiting", include: ["test/**/*.test.ts"], exclude: [...short, ...middle, ...crawling], globalSetup, ...whileWaiting } }
    ]
  }
})
