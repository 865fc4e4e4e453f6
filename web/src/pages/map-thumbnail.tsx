import type { Overview } from "../../../src/atlas/shapes/overview.ts"
import { lazy } from "../parts/lazy.tsx"
import { shown } from "../text/display.ts"

const MapPicture = lazy<{ readonly countries: Overview["countries"] }>(() => import("./map-picture.tsx"))

/** Countries in small, the largest named; the whole map is on its page. */
export const MapThumbnail = ({ countries }: Pick<Overview, "countries">) => {
  const known = countries.filter(({ value }) => /^[A-Z]{2}$/.test(value))
  const unknown = countries.filter(({ value }) => !/^[A-Z]{2}$/.test(value)).reduce((sum, { servers }) => sum + servers, 0)
  return (
    <>
      <MapPicture countries={known} />
      <p class="quiet figure-line">
        {known.length === 0 ? "No country is known: the crawl had no geo data." : known.slice(0, 6).map(({ servers, value }) => `${shown(value)} ${servers}`).join(", ")}
        {known.length > 6 ? `, ${known.length - 6} more` : ""}{unknown > 0 && known.length > 0 ? `; ${unknown} not known` : ""}
      </p>
    </>
  )
}
