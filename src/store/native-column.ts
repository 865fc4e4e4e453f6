import { DuckDBBlobValue, DuckDBListValue, DuckDBTimestampValue, type DuckDBType, DuckDBTypeId, type DuckDBValue } from "@duckdb/node-api"
import duckdb, { type Vector } from "@duckdb/node-bindings"

/** Rows of a data chunk: DuckDB's vector size. */
export const chunkRows = 2048

/** Which rows are null, one bit each as DuckDB has them: 1 is not null. */
class Validity {
  readonly #bits: Uint8Array
  #anyNull = false

  constructor(rows: number) {
    this.#bits = new Uint8Array(8 * Math.ceil(rows / 64)).fill(255)
  }

  setNull(row: number): void {
    this.#bits[row >> 3]! &= ~(1 << (row & 7))
    this.#anyNull = true
  }

  /** Copies the bits of the first rows and forgets them. */
  write(vector: Vector, rows: number): void {
    if (!this.#anyNull) return
    duckdb.vector_ensure_validity_writable(vector)
    duckdb.copy_data_to_vector_validity(vector, 0, this.#bits.buffer as ArrayBuffer, 0, 8 * Math.ceil(rows / 64))
    this.#bits.fill(255)
    this.#anyNull = false
  }
}

/**
 * One column of rows on their way to DuckDB. Numbers wait in typed arrays and
 * texts go to native memory at once, so that rows waiting for their commit are
 * no work for JavaScript's collector.
 */
export interface NativeColumn {
  /** From now on rows are of this vector, which is empty. */
  readonly begin: (vector: Vector) => void
  readonly add: (row: number, value: DuckDBValue) => void
  /** Completes the first `rows` of the vector. */
  readonly end: (rows: number) => void
}

type Numbers = Int32Array | Float64Array | BigInt64Array | Uint8Array

const mismatch = (value: DuckDBValue): never => {
  throw new Error(`a value of type ${typeof value} in a column of another type`)
}

const putNumber = (array: Numbers, at: number, value: DuckDBValue): void => {
  array[at] = typeof value === "number" ? value : mismatch(value)
}

/** How values of a type of fixed size become numbers of an array; of 0 to null rows nothing is told. */
const numbersOf = {
  [DuckDBTypeId.INTEGER]: {
    array: (length: number): Numbers => new Int32Array(length),
    put: putNumber
  },
  [DuckDBTypeId.DOUBLE]: {
    array: (length: number): Numbers => new Float64Array(length),
    put: putNumber
  },
  [DuckDBTypeId.BOOLEAN]: {
    array: (length: number): Numbers => new Uint8Array(length),
    put: (array: Numbers, at: number, value: DuckDBValue): void => {
      array[at] = typeof value === "boolean" ? Number(value) : mismatch(value)
    }
  },
  [DuckDBTypeId.BIGINT]: {
    array: (length: number): Numbers => new BigInt64Array(length),
    put: (array: Numbers, at: number, value: DuckDBValue): void => {
      array[at] = typeof value === "bigint" ? value : mismatch(value)
    }
  },
  [DuckDBTypeId.TIMESTAMP]: {
    array: (length: number): Numbers => new BigInt64Array(length),
    put: (array: Numbers, at: number, value: DuckDBValue): void => {
      array[at] = value instanceof DuckDBTimestampValue ? value.micros : mismatch(value)
    }
  }
} as const

type FixedType = keyof typeof numbersOf

const isFixed = (id: DuckDBTypeId): id is FixedType => id in numbersOf

class FixedColumn implements NativeColumn {
  readonly #numbers: Numbers
  readonly #put: (array: Numbers, at: number, value: DuckDBValue) => void
  readonly #validity = new Validity(chunkRows)
  #vector: Vector | undefined

  constructor(type: FixedType) {
    this.#numbers = numbersOf[type].array(chunkRows)
    this.#put = numbersOf[type].put
  }

  begin(vector: Vector): void {
    this.#vector = vector
  }

  add(row: number, value: DuckDBValue): void {
    if (value === null) this.#validity.setNull(row)
    else this.#put(this.#numbers, row, value)
  }

  end(rows: number): void {
    const { BYTES_PER_ELEMENT, buffer } = this.#numbers
    duckdb.copy_data_to_vector(this.#vector!, 0, buffer as ArrayBuffer, 0, rows * BYTES_PER_ELEMENT)
    this.#validity.write(this.#vector!, rows)
  }
}

/** Copies a text or bytes into a vector. */
const assign = (vector: Vector, at: number, value: DuckDBValue): void => {
  if (typeof value === "string") duckdb.vector_assign_string_element(vector, at, value)
  else if (value instanceof DuckDBBlobValue) duckdb.vector_assign_string_element_len(vector, at, value.bytes)
  else mismatch(value)
}

/** So many different texts of a vector are looked for again: where there are more they hardly come again. */
const repeatedTexts = 64

/** Numbers of 32 bits by which a vector knows a text: its length, and itself or where it lies. */
const textPlace = 4

/**
 * Texts and bytes. A text that came before in the same vector is not handed over again, which takes ten
 * times as long as looking for it: most columns have few, like the names of probes or software.
 */
class BytesColumn implements NativeColumn {
  readonly #validity = new Validity(chunkRows)
  /** In which row each text stands first; more than `repeatedTexts` are not noted. */
  readonly #first = new Map<string, number>()
  /** Pairs of rows: one with a text that came before, and where it stands first. */
  readonly #repeated = new Uint16Array(2 * chunkRows)
  #repetitions = 0
  #vector: Vector | undefined

  begin(vector: Vector): void {
    this.#vector = vector
  }

  add(row: number, value: DuckDBValue): void {
    if (value === null) return this.#validity.setNull(row)
    if (typeof value === "string" && this.#first.size < repeatedTexts) {
      const first = this.#first.get(value)
      if (first !== undefined) return this.#repeat(row, first)
      this.#first.set(value, row)
    }
    assign(this.#vector!, row, value)
  }

  #repeat(row: number, first: number): void {
    this.#repeated[this.#repetitions++] = row
    this.#repeated[this.#repetitions++] = first
  }

  end(rows: number): void {
    this.#validity.write(this.#vector!, rows)
    if (this.#repetitions > 0) this.#writeRepeated(rows)
    this.#first.clear()
  }

  #writeRepeated(rows: number): void {
    const places = new Int32Array(new Uint8Array(duckdb.vector_get_data(this.#vector!, 4 * textPlace * rows)).buffer)
    for (let i = 0; i < this.#repetitions; i += 2) {
      const to = textPlace * this.#repeated[i]!
      const from = textPlace * this.#repeated[i + 1]!
      for (let part = 0; part < textPlace; part++) places[to + part] = places[from + part]!
    }
    duckdb.copy_data_to_vector(this.#vector!, 0, places.buffer, 0, places.byteLength)
    this.#repetitions = 0
  }
}

/** Lists: where each begins and how long it is; their items stand one after the other in a vector of their own. */
class ListColumn implements NativeColumn {
  /** Two 64-bit numbers a row, each as its low and its high half. */
  readonly #places = new Uint32Array(4 * chunkRows)
  readonly #validity = new Validity(chunkRows)
  readonly #itemType: DuckDBTypeId
  #items: Numbers
  #others: Array<DuckDBValue> = []
  #nulls: Array<number> = []
  #length = 0
  #vector: Vector | undefined

  constructor(itemType: DuckDBTypeId) {
    this.#itemType = itemType
    this.#items = isFixed(itemType) ? numbersOf[itemType].array(chunkRows) : new Uint8Array()
  }

  begin(vector: Vector): void {
    this.#vector = vector
  }

  add(row: number, value: DuckDBValue): void {
    this.#places[4 * row] = this.#length
    this.#places[4 * row + 2] = 0
    if (value === null) return this.#validity.setNull(row)
    if (!(value instanceof DuckDBListValue)) return mismatch(value)
    const { items } = value
    this.#places[4 * row + 2] = items.length
    if (isFixed(this.#itemType)) this.#keep(this.#itemType, items)
    else for (const item of items) this.#others.push(item)
    this.#length += items.length
  }

  #keep(type: FixedType, items: ReadonlyArray<DuckDBValue>): void {
    const { array, put } = numbersOf[type]
    if (this.#length + items.length > this.#items.length) {
      const more = array(2 * (this.#length + items.length))
      more.set(this.#items as never)
      this.#items = more
    }
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!
      if (item === null) this.#nulls.push(this.#length + i)
      else put(this.#items, this.#length + i, item)
    }
  }

  end(rows: number): void {
    const vector = this.#vector!
    duckdb.copy_data_to_vector(vector, 0, this.#places.buffer, 0, rows * 16)
    this.#validity.write(vector, rows)
    duckdb.list_vector_reserve(vector, this.#length)
    duckdb.list_vector_set_size(vector, this.#length)
    const child = duckdb.list_vector_get_child(vector)
    if (isFixed(this.#itemType)) {
      const { BYTES_PER_ELEMENT, buffer } = this.#items
      duckdb.copy_data_to_vector(child, 0, buffer as ArrayBuffer, 0, this.#length * BYTES_PER_ELEMENT)
    } else {
      for (const [at, item] of this.#others.entries()) {
        if (item === null) this.#nulls.push(at)
        else assign(child, at, item)
      }
    }
    if (this.#nulls.length > 0) {
      const validity = new Validity(this.#length)
      for (const at of this.#nulls) validity.setNull(at)
      validity.write(child, this.#length)
    }
    this.#others = []
    this.#nulls = []
    this.#length = 0
  }
}

/** The column for values of a type; only of the types that our tables have. */
export const nativeColumn = (type: DuckDBType): NativeColumn => {
  if (isFixed(type.typeId)) return new FixedColumn(type.typeId)
  if (type.typeId === DuckDBTypeId.VARCHAR || type.typeId === DuckDBTypeId.BLOB) return new BytesColumn()
  if (type.typeId === DuckDBTypeId.LIST) return new ListColumn(type.valueType.typeId)
  throw new Error(`no columns of type ${type}`)
}
