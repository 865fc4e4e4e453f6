/** Why an answer did not come: a sentence for the reader, and what the server called it. */
export class RequestFailure extends Error {
  readonly status: number
  readonly tag: string
  /** Further fields of the answer, such as the place of a mistake in SQL. */
  readonly body: unknown

  constructor(message: string, status: number, tag: string, body: unknown = null) {
    super(message)
    this.status = status
    this.tag = tag
    this.body = body
  }
}

export const asFailure = (cause: unknown): RequestFailure =>
  cause instanceof RequestFailure
    ? cause
    : new RequestFailure("The observatory did not answer. Is \"observatory serve\" still running?", 0, "no answer")
