import { useOverview } from "../client/atlas.ts"
import { Bars } from "../parts/bars.tsx"
import { pageHash } from "../state/store.ts"

/** Countries in short; the map is on its page. */
export const MapThumbnail = () => {
  const countries = useOverview().value?.countries ?? []
  const all = countries.reduce((sum, { servers }) => sum + servers, 0)
  return (
    <>
      <Bars label="Countries" bars={countries.slice(0, 8).map(({ servers, value }) => ({ label: value, value: servers, of: all, isUnknown: value === "not known" }))} />
      <p><a href={pageHash("map")}>Open the map</a></p>
    </>
  )
}
