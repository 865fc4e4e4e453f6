import { Schema } from "effect"
import type { AtlasError } from "../atlas/atlas-error.ts"

const fields = { message: Schema.String }

/** The request cannot be understood: a path, a query or a body of the wrong form. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", fields, { httpApiStatus: 400 }) {}

/** A token is asked for, and none or a wrong one came. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", fields, { httpApiStatus: 401 }) {}

/** Understood, but this server does not do it, or not for this caller. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", fields, { httpApiStatus: 403 }) {}

export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields, { httpApiStatus: 404 }) {}

/** The crawl is there, but was not analysed. */
export class NotAnalysed extends Schema.TaggedError<NotAnalysed>()("NotAnalysed", fields, { httpApiStatus: 409 }) {}

/** Somebody else holds what is to be changed; it works later. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", fields, { httpApiStatus: 409 }) {}

/** More is waiting than is taken on. */
export class Busy extends Schema.TaggedError<Busy>()("Busy", fields, { httpApiStatus: 503 }) {}

/** Our fault; what went wrong is in the log and not in the answer. */
export class Internal extends Schema.TaggedError<Internal>()("Internal", fields, { httpApiStatus: 500 }) {}

export type Problem = BadRequest | Unauthorized | Forbidden | NotFound | NotAnalysed | Conflict | Busy | Internal

/** What a caller is told of an error of the atlas. */
export const problemOfAtlas = (error: AtlasError): NotFound | NotAnalysed | Internal => {
  switch (error.reason) {
    case "no such crawl":
    case "no such server":
    case "no such cluster":
      return new NotFound({ message: error.message })
    case "not analysed":
      return new NotAnalysed({ message: error.message })
    case "cannot read":
      return new Internal({ message: "The database could not be read; the log of the server says why." })
  }
}
