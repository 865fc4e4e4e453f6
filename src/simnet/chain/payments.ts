import { type Block, minersCoin, minersScript, minersWitnessScript } from "../bitcoin/block.ts"
import { type Coin, spend, type Transaction } from "../bitcoin/transaction.ts"

/** A payment that the simulated world contains. */
export interface Payment {
  /** Output script that is paid, in hex. */
  readonly script: string
  /** Satoshi, at most `largestPayment`. */
  readonly amount: number
  /** Block that has it, at least `firstPaymentHeight`; null = the mempool. */
  readonly height: number | null
  /** Block that spends it again, above `height`, or the mempool; null = nobody does. */
  readonly spent: number | "mempool" | null
  /** Satoshi per virtual byte. */
  readonly rate: number
  /** Of what is in the mempool: milliseconds after the world began. */
  readonly after: number
}

/** An unconfirmed transaction of a payment. */
export interface Unconfirmed {
  readonly transaction: Transaction
  /** Milliseconds after the world began. */
  readonly after: number
  /** The transaction that it spends, if that is unconfirmed too. */
  readonly parent: string | null
}

/**
 * Together these keep money from running out: at the first height twenty
 * coinbases of 50 BTC are mature, change can be spent at once, and no more than
 * `mostPayments` are planted.
 */
export const firstPaymentHeight = 120
/** Satoshi. */
export const largestPayment = 1e8
/** Payments of a scenario on all its chains. */
export const mostPayments = 500

/** More virtual bytes than it takes to spend a payment. */
export const spendingSize = 250

/** Blocks until a coinbase can be spent. */
const maturity = 100

const order = (a: Payment, b: Payment): number => {
  const [left, right] = [a, b].map((payment) => JSON.stringify(payment)) as [string, string]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Makes the transactions of a chain's payments, block by block, from what its miners earned. */
export class PaymentBook {
  /** Sorted: what is planted must not depend on the order of a file. */
  readonly #payments: ReadonlyArray<Payment>
  readonly #byHeight: ReadonlyMap<number | null, ReadonlyArray<Payment>>
  readonly #bySpending: ReadonlyMap<number | "mempool" | null, ReadonlyArray<Payment>>
  readonly #paid = new Map<Payment, Coin>()
  readonly #coins = new Map<string, Coin & { readonly from: number }>()

  constructor(payments: ReadonlyArray<Payment>) {
    this.#payments = payments.toSorted(order)
    this.#byHeight = Map.groupBy(this.#payments, (payment) => payment.height)
    this.#bySpending = Map.groupBy(this.#payments, (payment) => payment.spent)
  }

  /** Take note of the next block, whoever made it. */
  follow(block: Block): void {
    for (const transaction of block.transactions)
      for (const coin of transaction.spends) this.#coins.delete(`${coin.txid}:${coin.position}`)
    // The first coinbase of all cannot be spent.
    if (block.height > 0) this.#add(minersCoin(block), block.height + maturity)
  }

  /** Everything but the coinbase of the block at that height. */
  transactionsAt(height: number): ReadonlyArray<Transaction> {
    return [
      ...(this.#byHeight.get(height) ?? []).map((payment) => this.#pay(payment, height)),
      ...(this.#bySpending.get(height) ?? []).map((payment) => this.#spend(payment, height))
    ]
  }

  /** What is in no block when the chain ends with `tip`. */
  unconfirmed(tip: number): ReadonlyArray<Unconfirmed> {
    return this.#payments.flatMap((payment) => {
      const { after } = payment
      const paying =
        payment.height === null ? [{ transaction: this.#pay(payment, tip + 1), after, parent: null }] : []
      if (payment.spent !== "mempool") return paying
      const parent = paying[0]?.transaction.txid ?? null
      return [...paying, { transaction: this.#spend(payment, tip + 1), after, parent }]
    })
  }

  #add(coin: Coin, from: number): void {
    this.#coins.set(`${coin.txid}:${coin.position}`, { ...coin, from })
  }

  #pay(payment: Payment, height: number): Transaction {
    for (const [key, coin] of this.#coins) {
      if (coin.from > height) continue
      const change = minersScript(height)
      const pay = [{ script: payment.script, value: payment.amount }]
      const transaction = spend([coin], pay, change, payment.rate)
      if (transaction === undefined) continue
      this.#coins.delete(key)
      // What is in the mempool has its change there too, which nothing else should depend on.
      if (payment.height !== null) {
        const witnessScript = minersWitnessScript(height)
        this.#add({ txid: transaction.txid, position: 1, ...transaction.outputs[1]!, witnessScript }, height)
      }
      this.#paid.set(payment, { txid: transaction.txid, position: 0, ...pay[0]! })
      return transaction
    }
    throw new Error(`no coin for a payment at height ${height}`)
  }

  #spend(payment: Payment, height: number): Transaction {
    const transaction = spend([this.#paid.get(payment)!], [], minersScript(height), payment.rate)
    if (transaction === undefined) throw new Error(`a payment of ${payment.amount} sat cannot pay the fee of spending it`)
    return transaction
  }
}
