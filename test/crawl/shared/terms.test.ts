import { expect, it } from "vitest"
import { termsOf } from "../../../src/crawl/shared/terms.ts"

const settings = { allEndpoints: false, exclude: [], maxEndpoints: 20_000, vantage: "home", visit: "regular" } as const

it("runners of one crawl have the same opt-out lists, wherever these lie", () => {
  const of = (...exclude: ReadonlyArray<string>) => termsOf({ ...settings, exclude })["exclude"]
  expect(of()).toBe("nobody")
  expect(of("/home/a/out.txt", "https://lists.example/out.json")).toBe("https://lists.example/out.json, out.txt")
  expect(of("https://lists.example/out.json", "./b/out.txt")).toBe(of("/home/a/out.txt", "https://lists.example/out.json"))
})

it("what else they have alike goes by the names of flags", () => {
  expect(Object.keys(termsOf(settings))).toEqual(["vantage", "visit", "all-endpoints", "max-endpoints", "exclude"])
})
