const namesByPrefix: Readonly<Record<string, string>> = {
  "blockchain.address": "get_balance get_first_use get_history get_mempool get_scripthash get_status listunspent subscribe unsubscribe",
  "blockchain.block": "header headers",
  "blockchain": "estimatefee relayfee",
  "blockchain.header": "get",
  "blockchain.headers": "get_tip subscribe unsubscribe",
  "blockchain.reusable": "get_history get_mempool",
  "blockchain.rpa": "get_history get_mempool",
  "blockchain.scripthash": "get_balance get_first_use get_history get_mempool get_status listunspent subscribe unsubscribe",
  "blockchain.transaction":
    "broadcast broadcast_package get get_confirmed_blockhash get_height get_merkle id_from_pos subscribe unsubscribe",
  "blockchain.transaction.dsproof": "get list subscribe unsubscribe",
  "blockchain.utxo": "get_info",
  "daemon": "passthrough",
  "mempool": "get_fee_histogram get_info",
  "server": "add_peer banner donation_address features ping version",
  "server.peers": "subscribe"
}

/** The methods that any of the simulated programs has. */
export const methodNames: ReadonlySet<string> = new Set(
  Object.entries(namesByPrefix).flatMap(([prefix, names]) => names.split(" ").map((name) => `${prefix}.${name}`))
)
