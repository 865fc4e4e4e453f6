import { existsSync, readFileSync } from "node:fs"
import { execFileSync } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))
const documents = execFileSync("find", [".", "-name", "node_modules", "-prune", "-o", "-name", "*.md", "-print"], { cwd: root, encoding: "utf8" })
  .trimEnd().split("\n").map((file) => file.slice(2)).filter((file) => !file.startsWith("dist/"))

const read = (file: string): string => readFileSync(join(root, file), "utf8")

/** Anchors of a document's headings, as GitHub makes them. */
const anchors = (text: string): ReadonlySet<string> =>
  new Set([...text.replaceAll(/^```[^]*?^```/gm, "").matchAll(/^#{1,6} (.*)$/gm)]
    .map(([, heading]) => heading!.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")))

/** Where links and pictures of a document lead, but for the internet. */
const links = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map((match) => match[1] ?? match[2]!).filter((link) => !/^[a-z]+:/.test(link))

describe("the documents", () => {
  it("are found, with the README first to be read and one for each step", () => {
    expect(documents).toEqual(expect.arrayContaining(["README.md", "src/crawl/README.md", "src/probe/README.md", "src/analysis/README.md", "src/watch/README.md", "src/simnet/README.md"]))
  })

  it.each(documents)("%s links to nothing that is not there", (file) => {
    const dead = links(read(file)).filter((link) => {
      const [path, anchor] = link.split("#") as [string, string?]
      const target = path === "" ? file : join(dirname(file), path)
      if (!existsSync(join(root, target))) return true
      if (anchor === undefined) return false
      const document = target.endsWith(".md") ? target : join(target, "README.md")
      return !existsSync(join(root, document)) || !anchors(read(document)).has(anchor)
    })
    expect(dead).toEqual([])
  })

  it("are all reached from the README", () => {
    const linked = links(read("README.md")).map((link) => link.split("#")[0]!)
    const folders = documents.filter((file) => /^(?:src|web|test\/bench)\/?.*README\.md$/.test(file))
    expect(folders.filter((file) => !linked.includes(file))).toEqual([])
  })
})
