/**
 * Words that everybody puts into names, so that two who share one have nothing
 * in common: of the trade, of hosting, of companies and families, places. Those
 * that stand for a kind are listed, not those that somebody was seen to use.
 */

/** Bitcoin, its software and ready-made nodes, its slang. */
const trade =
  "bitcoin bitcoiner block blockchain chain timechain coin crypto cryptocurrency money cash satoshi nakamoto sats halving genesis ledger mempool mining miner " +
  "hash hashrate hodl hodler stack stacker pleb citadel maxi lambo moon orange orangepill pill freedom sound hard gold digital signet testnet mainnet regtest wallet " +
  "multisig cold seed key lightning channel liquid ordinal taproot segwit utxo explorer electrum electrs electrumx fulcrum esplora core knots " +
  "umbrel mynode ronin dojo raspiblitz raspibolt minibolt start9 embassy nodl btcpay btcpayserver samourai whirlpool specter sparrow bisq joinmarket lnd clightning " +
  "eclair thunderhub ride rtl neutrino exchange payment merchant trade trader trading invest investment finance bank banking pay btc xbt sat ln"

/** Machines, networks and who keeps them. */
const hosting =
  "admin alpha anonymous api app backend backup balancer beta box bridge cloud cluster computer connect connection data database datacenter datacentre dedicated demo " +
  "desktop dev device docker dynamic edge endpoint fast fiber free full fullnode gamma gateway global group guest hidden home homelab homeserver host hosted hosting " +
  "hub infra infrastructure internet kube kubernetes laptop linux live local mail main master micro mini mobile monitor nas network node office onion online open peer " +
  "pool portal primary private prod production project prox proxmox proxy public raspberry raspi relay remote root router secondary secret secure security server service " +
  "shared site smart spare stable staging static storage store sync system test tools tunnel virtual virtualbox vpn web webserver world worker vps pi rpi net"

/** What companies, clubs and families add to their names. */
const people =
  "academy agency alliance association blog brothers business capital center centre club collective community company consult consultant consulting corp corporation " +
  "creative design digital engineering enterprise family federation foundation friend fund garage garden global holding house industries info institute international " +
  "invest labs limited management market marketing media nation official organisation organization partner people place production research resource school shop " +
  "society software solution space station studio support systems team tech technologies technology university ventures village ware works workshop workspace youth " +
  "familie freunde haus verein gemeinde schule firma gesellschaft gruppe beratung werkstatt praxis famille maison amis association societe ecole atelier familia casa " +
  "amigos empresa escuela sociedad gruppo famiglia amici scuola azienda familjen rodina dom gezin vrienden huis bedrijf"

/** Short and everyday words of several languages, which say as little beside these. */
const everyday =
  "a an the my our your mein meine dein deine unser unsere euer mi mon ma nos nuestro mio il la le el los las de del der die das den und and et of on at for in im am zum zur " +
  "from by to is it we me you der one two three four five six seven eight nine ten eins zwei drei first second third new old big little small great good best top super " +
  "mega ultra real true pure happy easy simple quick black white red green blue yellow silver golden sun star stern sky blue fire water earth light nacht night day north " +
  "south east west nord sued sud est ouest oeste norte welt mundo monde mondo stadt city town land country island river mountain lake forest hill sea berg wald see " +
  "nodo knoten noeud noeuds nodi nod servidor servidores serveur serveurs rechner servizio dienst server netz netzwerk red rede reseau rete nube wolke nuage blitz"

/** Words of the names of countries in languages of their people, and of the cities that time zones are called after. */
const places = (): ReadonlyArray<string> => {
  const words = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().split(/[^a-z]+/)
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i))
  const regions = letters.flatMap((a) => letters.map((b) => a + b))
  const countries = ["en", "de", "fr", "es", "it", "pt", "nl"].flatMap((language) => {
    const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" })
    return regions.flatMap((region) => words(names.of(region) ?? ""))
  })
  const zones = Intl.supportedValuesOf("timeZone")
  // What people of two-letter countries call their cities: those of zones in one word, too.
  return [...countries, ...zones.flatMap((zone) => words(zone)), ...zones.map((zone) => words(zone.slice(zone.lastIndexOf("/") + 1)).join(""))].filter((word) => word.length > 3)
}

let known: ReadonlySet<string> | undefined

/** Made when first asked for: reading names of countries takes some 30 ms. Plurals stand beside their words. */
const plainWords = (): ReadonlySet<string> =>
  known ??= new Set([...[trade, hosting, people, everyday].flatMap((list) => list.split(" ")), ...places()].flatMap((word) =>
    word.length < 3 ? [word] : [word, `${word}s`, ...(word.endsWith("y") ? [`${word.slice(0, -1)}ies`] : /(?:s|x|z|ch|sh)$/.test(word) ? [`${word}es`] : [])]))

/** A word of nobody's own, or such words written together. Strangers choose the names: the time grows with the length only. */
export const isPlain = (word: string): boolean => {
  const plain = plainWords()
  const ends = [0]
  for (let end = 1; end <= word.length; end++) {
    if (ends.some((start) => plain.has(word.slice(start, end)))) ends.push(end)
  }
  return ends.at(-1) === word.length
}
