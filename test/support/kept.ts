import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { bundleVariable } from "./bundle-of-run.ts"

/** Makes a folder, and says whether it was not there. */
const isFirst = (folder: string): boolean => {
  mkdirSync(dirname(folder), { recursive: true })
  try {
    mkdirSync(folder)
    return true
  } catch {
    return false
  }
}

/**
 * What `make` leaves in a folder: made once in a run of the tests, for the first
 * file that asks for it by this name, and copied to `folder` for each. For closed
 * databases and what belongs to them, where how they came to be is not what is tested.
 */
export const copyOfKept = async (name: string, folder: string, make: (place: string) => Promise<unknown>): Promise<void> => {
  const bundle = process.env[bundleVariable]
  if (bundle === undefined) {
    await make(folder)
    return
  }
  const place = join(dirname(bundle), "kept", name)
  const [whole, failed] = [`${place}.whole`, `${place}.failed`]
  if (isFirst(place)) {
    try {
      await make(place)
    } catch (error) {
      writeFileSync(failed, String(error))
      throw error
    }
    writeFileSync(whole, "")
  }
  while (!existsSync(whole)) {
    if (existsSync(failed)) throw new Error(`${name} could not be made for another file: ${readFileSync(failed, "utf8")}`)
    await setTimeout(50)
  }
  // A snapshot copied after its database must not look newer than it.
  cpSync(place, folder, { recursive: true, preserveTimestamps: true })
}
