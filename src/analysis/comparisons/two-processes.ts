import type { ServerTraits } from "../traits/server-traits.ts"

/** Something shows that two processes answered. */
export const areTwoProcesses = (a: ServerTraits, b: ServerTraits): boolean => {
  if (a.implementation !== null && b.implementation !== null && a.implementation !== b.implementation) return true
  if (a.fingerprintHash !== null && b.fingerprintHash !== null && a.fingerprintHash !== b.fingerprintHash) return true
  if (a.banner !== null && b.banner !== null && a.banner.raw !== b.banner.raw) return true
  return a.snapshots.some((mine) => {
    const other = b.snapshots.find(({ snapshotId }) => snapshotId === mine.snapshotId)
    return other !== undefined && mine.histogramText !== null && other.histogramText !== null &&
      mine.histogramText !== other.histogramText
  })
}
