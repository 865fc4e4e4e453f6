import { Schema } from "effect"
import type { AtlasError } from "../atlas/atlas-error.ts"

const fields = { message: Schema.String }

/** The HTTP status of each problem. */
export const statusOf = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  NotAnalysed: 409,
  Conflict: 409,
  Busy: 503,
  Internal: 500
} as const

/** The request cannot be understood: a path, a query or a body of the wrong form. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", fields, { httpApiStatus: statusOf.BadRequest }) {}

/** A token is asked for, and none or a wrong one came. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", fields, { httpApiStatus: statusOf.Unauthorized }) {}

/** Understood, but this server does not do it, or not for this caller. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", fields, { httpApiStatus: statusOf.Forbidden }) {}

export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields, { httpApiStatus: statusOf.NotFound }) {}

/** The crawl is there, but was not analysed. */
export class NotAnalysed extends Schema.TaggedError<NotAnalysed>()("NotAnalysed", fields, { httpApiStatus: statusOf.NotAnalysed }) {}

/** Somebody else holds what is to be changed; it works later. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", fields, { httpApiStatus: statusOf.Conflict }) {}

/** More is waiting than is taken on. */
export class Busy extends Schema.TaggedError<Busy>()("Busy", fields, { httpApiStatus: statusOf.Busy }) {}

/** Our fault; what went wrong is in the log and not in the answer. */
export class Internal extends Schema.TaggedError<Internal>()("Internal", fields, { httpApiStatus: statusOf.Internal }) {}

export type Problem = BadRequest | Unauthorized | Forbidden | NotFound | NotAnalysed | Conflict | Busy | Internal

/** What a caller is told of an error of the atlas. */
export const problemOfAtlas = (error: AtlasError): NotFound | NotAnalysed | Internal => {
  switch (error.reason) {
    case "no such crawl":
    case "no such server":
    case "no such cluster":
    // Nothing here compares two crawls.
    case "not comparable":
      return new NotFound({ message: error.message })
    case "not analysed":
      return new NotAnalysed({ message: error.message })
    case "cannot read":
      return new Internal({ message: "The database could not be read; the log of the server says why." })
  }
}
