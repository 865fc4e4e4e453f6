/** The writer alone: the package's own entry brings the reader, which needs a document. */
declare module "graphology-gexf/browser/writer.js" {
  import type { write } from "graphology-gexf/browser"

  const writer: typeof write
  export default writer
}
