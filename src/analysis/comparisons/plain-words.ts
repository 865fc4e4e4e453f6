/**
 * Words that everybody puts into names, so that two who share one have nothing
 * in common: of the trade and its beliefs, of hosting and hosters, software and
 * hardware, of companies and families, surnames, places. Kinds are listed as far
 * as anybody could think of them, not what somebody was seen to use.
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

/** What the trade believes in, its layers, devices, wallets, miners, services and meetings. */
const creed =
  "cypherpunk cyphernaut privacy private sovereign sovereignty selfsovereign liberty libertarian freedom fiat inflation vault fortress bunker citadel bull bear whale shrimp " +
  "nostr zap asic bitaxe braiins ocean stratum datum fedimint cashu ecash bolt ark rgb rune inscription drivechain sidechain rootstock stacks seedsigner coldcard trezor jade " +
  "bitbox keystone passport ledgerlive wasabi joinstr samurai phoenix breez blixt zeus mutiny alby lnbits strike swan river relai bull bitrefill bitmex kraken coinbase binance " +
  "bitstamp bitfinex meetup einundzwanzig twentyone trustless decentral decentralized decentralised decentralization permissionless satellite citizen rebel rebellion anarchy " +
  "anarchist voluntary voluntaryist agorist resistance revolution revolt signal verify trust laser eyes honeybadger badger rabbit rabbithole whirl mixer coinjoin payjoin " +
  "silent paynym bip halvening block21 number go up ngu fomo fud dyor gm based toxic plebnet pizza toshi szabo finney nick hal adam back genesisblock chancellor brink consensus " +
  "fork softfork hardfork uasf segwit2x bch spiral chaincode opensats hrf bitcoinbeach volcano parasite honeymoon antpool foundry viabtc slush braidpool power magazine news radio podcast show"

/** Hosters, clouds, makers of networks and of machines. */
const providers =
  "hetzner contabo netcup ovh ovhcloud kimsufi soyoustart scaleway online vultr linode akamai digitalocean droplet azure microsoft amazon aws ec2 lightsail google gcp oracle " +
  "alibaba aliyun tencent huawei racknerd buyvm frantech ramnode hostinger hosthatch hostwinds interserver leaseweb ionos oneandone strato hosteurope privatelayer njalla incognet " +
  "flokinet orangewebsite bahnhof mullvad proton protonvpn nordvpn airvpn infomaniak exoscale upcloud kamatera rackspace godaddy namecheap porkbun gandi bluehost dreamhost " +
  "colocrossing psychz quadranet datapacket worldstream servermania serverhub serverroom hivelocity phoenixnap equinix packet webdock time4vps alwaysdata heroku netlify vercel " +
  "render railway flyio fastly cloudflare tailscale zerotier wireguard openvpn ngrok telekom vodafone comcast verizon spectrum swisscom sunrise init7 orange bouygues telefonica " +
  "fritzbox myfritz synology qnap truenas freenas unraid supermicro dell lenovo thinkpad thinkcentre optiplex intel nuc ryzen epyc xeon odroid rockpro rock64 orangepi bananapi " +
  "pine64 nanopi hp ibm cisco mikrotik ubiquiti unifi netgear zyxel draytek"

/** Systems and programs that servers run. */
const programs =
  "debian ubuntu fedora centos rocky alma redhat rhel suse opensuse arch archlinux manjaro mint nixos gentoo slackware alpine freebsd openbsd netbsd windows macos opnsense " +
  "pfsense openwrt portainer podman vagrant ansible terraform nomad traefik caddy nginx haproxy apache stunnel hitch envoy postgres redis grafana prometheus nextcloud yunohost " +
  "casaos citadelos umbrelos startos parmanode nixbitcoin rust golang python java haskell erlang node js git github gitlab gitea systemd whonix tails qubes"

/** Names of people as common as any, of several countries. */
const names =
  "smith jones johnson williams brown davis miller wilson moore taylor anderson thomas jackson white harris martin thompson garcia martinez robinson clark rodriguez lewis lee " +
  "walker hall allen young king wright scott green baker adams nelson carter mitchell roberts turner phillips campbell parker evans edwards collins stewart morris murphy cook " +
  "rogers morgan cooper reed bailey bell kelly ward cox richardson wood watson brooks bennett gray james hughes price myers long foster sanders ross butler simmons " +
  "mueller muller schmidt schneider fischer weber meyer meier maier wagner becker schulz schulze hoffmann hofmann schaefer koch bauer richter klein wolf schroeder neumann " +
  "schwarz zimmermann braun krueger hartmann lange schmitt werner krause lehmann huber kaiser fuchs peters lang scholz moeller weiss jung hahn vogel friedrich keller gunther " +
  "bernard dubois durand moreau laurent simon michel lefebvre leroy roux fournier girard bonnet dupont lambert fontaine rousseau rossi russo ferrari esposito bianchi romano " +
  "colombo ricci marino greco bruno gallo conti costa giordano mancini rizzo lombardi gonzalez rodriguez fernandez lopez sanchez perez gomez ruiz hernandez jimenez diaz moreno " +
  "alvarez munoz romero silva santos ferreira pereira oliveira costa jansen devries vandenberg bakker visser smit meijer nowak kowalski wisniewski novak horvat ivanov petrov " +
  "hansen olsen larsen andersson johansson karlsson nilsson nielsen jensen pedersen virtanen korhonen nguyen tran kim park choi wang li zhang chen liu tanaka suzuki sato kumar " +
  "singh sharma patel khan ali alex alice bob charlie chris daniel david emma eric frank george hans jan jack jean joe john jose juan julia karl kevin klaus laura luca lukas maria " +
  "marco mark martin max michael mike nick oliver paul pedro peter philip pierre robert sam sarah sebastian stefan steve thomas tim tom uncle papa opa oma grandpa dad mom mama " +
  "eltern kinder enfants parents bambini hijos vater mutter bruder schwester tochter sohn grandma auntie cousin couple twins"

/** Parts of countries, and what is called after them. */
const regions =
  "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland " +
  "massachusetts michigan minnesota mississippi missouri montana nebraska nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania rhode tennessee " +
  "texas utah vermont virginia washington wisconsin wyoming boston seattle austin dallas houston miami atlanta portland philadelphia francisco angeles diego vegas antonio " +
  "ontario quebec alberta manitoba saskatchewan scotia brunswick columbia montreal calgary ottawa queensland victoria tasmania canberra england scotland wales ireland ulster " +
  "yorkshire cornwall kent essex sussex manchester liverpool bristol glasgow edinburgh cardiff leeds birmingham bavaria bayern sachsen saxony hessen hesse thueringen schwaben " +
  "franken westfalen rheinland pfalz saarland holstein niedersachsen brandenburg mecklenburg baden wuerttemberg hamburg bremen munich muenchen koeln cologne frankfurt stuttgart " +
  "duesseldorf dortmund essen leipzig dresden hannover nuernberg nuremberg berlin tirol tyrol steiermark kaernten salzburg vorarlberg graz linz innsbruck wien zurich zuerich " +
  "zug lugano geneva geneve basel bern lausanne luzern ticino wallis bretagne brittany normandie normandy provence alsace bourgogne aquitaine occitanie corse savoie lyon " +
  "marseille toulouse bordeaux nantes strasbourg lille nice toscana tuscany lombardia piemonte veneto liguria sicilia sardegna puglia calabria umbria milano milan torino napoli " +
  "firenze bologna genova venezia palermo catalonia cataluna catalunya andalucia galicia euskadi aragon castilla valencia sevilla barcelona bilbao malaga mallorca canarias algarve " +
  "porto lisboa coimbra holland friesland brabant limburg utrecht rotterdam amsterdam eindhoven flandern flanders vlaanderen wallonie antwerp gent brugge bohemia moravia brno " +
  "krakow warszawa wroclaw gdansk poznan slask transylvania cluj bavarian alpen alps pyrenees balkan baltic nordic scandinavia iberia benelux balkans kanton canton bundesland " +
  "province county state region valley bay coast beach elsalvador mumbai delhi bangalore shenzhen osaka kyoto saopaulo rio"

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
  known ??= new Set([...[trade, creed, hosting, providers, programs, people, names, everyday, regions].flatMap((list) => list.split(" ")), ...places()].flatMap((word) =>
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
