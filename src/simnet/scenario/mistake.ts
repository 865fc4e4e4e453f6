/** Where something stands in a scenario file. */
export type Path = ReadonlyArray<PropertyKey>

/** What is wrong in a scenario and where. */
export interface Mistake {
  readonly path: Path
  readonly message: string
}
