import type { ServerRow } from "../../../src/atlas/shapes/server-row.ts"
import { shortened } from "../text/display.ts"
import { answered } from "../text/format.ts"
import type { Colouring } from "./colouring.ts"

/** One line about a server, with what it is coloured by. */
export const serverNote = (row: ServerRow, { attribute, labelOf }: Colouring): string =>
  [`${attribute.title}: ${shortened(labelOf(row), 40)}`, answered(row.reachable), `named by ${row.namedBy}`].join(" · ")
