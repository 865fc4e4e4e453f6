/** What one connection wants to be told about. */
export class ScriptSubscriptions {
  /** Whether new blocks are announced. */
  headers = false
  readonly #spelling = new Map<string, string>()
  readonly #status = new Map<string, string | null>()

  get size(): number {
    return this.#spelling.size
  }

  /** Scripthashes in lower case. */
  get hashes(): ReadonlyArray<string> {
    return [...this.#spelling.keys()]
  }

  /** As the client spelled it. */
  spelling(hash: string): string | undefined {
    return this.#spelling.get(hash)
  }

  add(hash: string, spelling: string, status: string | null): void {
    this.#spelling.set(hash, spelling)
    this.#status.set(hash, status)
  }

  /** Whether there was one. */
  remove(hash: string): boolean {
    this.#status.delete(hash)
    return this.#spelling.delete(hash)
  }

  /** Keep a status that is about to be told; whether it is another than the last. */
  changed(hash: string, status: string | null): boolean {
    const other = this.#status.get(hash) !== status
    this.#status.set(hash, status)
    return other
  }
}
