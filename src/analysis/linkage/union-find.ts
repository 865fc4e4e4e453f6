/** Groups of things numbered from 0 that grow by joining. */
export class UnionFind {
  readonly #parent: Int32Array

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i)
  }

  /** The smallest member of the group. */
  find(i: number): number {
    let root = i
    while (this.#parent[root] !== root) root = this.#parent[root]!
    while (this.#parent[i] !== root) {
      const next = this.#parent[i]!
      this.#parent[i] = root
      i = next
    }
    return root
  }

  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)]
    if (x < y) this.#parent[y] = x
    else this.#parent[x] = y
  }

  /** For each thing the smallest member of its group. */
  roots(): Int32Array {
    return this.#parent.map((_, i) => this.find(i))
  }
}
