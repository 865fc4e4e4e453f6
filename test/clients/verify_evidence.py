#!/usr/bin/env python3
"""Checks an evidence bundle of Electrum Observatory.

Written from src/export/BUNDLE.md alone, with nothing but the standard library.

    python3 verify_evidence.py FILE NUMBER
"""

import base64
import decimal
import hashlib
import json
import re
import sys


class Refused(Exception):
    """The bundle is not what it says."""


def require(so, why):
    if not so:
        raise Refused(why)


def sha256(data):
    return hashlib.sha256(data).digest()


def double(data):
    return sha256(sha256(data))


def people(digest):
    return digest[::-1].hex()


def machine(text):
    require(re.fullmatch(r"[0-9a-fA-F]{64}", text), "not a hash")
    return bytes.fromhex(text)[::-1]


def number(data):
    return int.from_bytes(data, "little")


def target_of(bits):
    exponent = bits >> 24
    mantissa = bits & 0x7FFFFF
    if bits & 0x800000 or exponent > 34:
        return 0
    if exponent <= 3:
        return mantissa >> (8 * (3 - exponent))
    return mantissa << (8 * (exponent - 3))


class Header:
    def __init__(self, text):
        require(isinstance(text, str) and len(text) >= 160, "not a header")
        raw = bytes.fromhex(text[:160])
        self.previous = people(raw[4:36])
        self.merkle_root = people(raw[36:68])
        self.time = number(raw[68:72])
        self.bits = number(raw[72:76])
        self.hash = people(double(raw))
        self.target = target_of(self.bits)


class Transaction:
    def __init__(self, text):
        require(isinstance(text, str), "not a transaction")
        self.raw = bytes.fromhex(text)
        self.at = 0
        version = self.take(4)
        witnesses = self.raw[4:6] == b"\x00\x01"
        if witnesses:
            self.take(2)
        begin = self.at
        inputs = self.size()
        for _ in range(inputs):
            self.take(36)
            self.take(self.size())
            self.take(4)
        for _ in range(self.size()):
            self.take(8)
            self.take(self.size())
        body = self.raw[begin:self.at]
        if witnesses:
            for _ in range(inputs):
                for _ in range(self.size()):
                    self.take(self.size())
        lock = self.take(4)
        require(self.at == len(self.raw), "something follows the transaction")
        self.txid = people(double(version + body + lock))

    def take(self, count):
        require(self.at + count <= len(self.raw), "the transaction ends early")
        part = self.raw[self.at:self.at + count]
        self.at += count
        return part

    def size(self):
        first = self.take(1)[0]
        if first < 0xFD:
            return first
        return number(self.take({0xFD: 2, 0xFE: 4, 0xFF: 8}[first]))


def element(der, at, limit):
    """Tag, begin of the content, end."""
    require(at + 2 <= limit, "no element")
    length = der[at + 1]
    begin = at + 2
    if length > 0x7F:
        digits = length & 0x7F
        require(0 < digits <= 4 and begin + digits <= limit, "no length")
        length = int.from_bytes(der[begin:begin + digits], "big")
        begin += digits
    require(begin + length <= limit, "the element ends early")
    return der[at], begin, begin + length


def public_key_info(der):
    tag, begin, end = element(der, 0, len(der))
    require(tag == 0x30, "no certificate")
    tag, at, end = element(der, begin, end)
    require(tag == 0x30, "no tbsCertificate")
    skip = 5
    if element(der, at, end)[0] == 0xA0:
        skip = 6
    for _ in range(skip):
        at = element(der, at, end)[2]
    tag, _, stop = element(der, at, end)
    require(tag == 0x30, "no subjectPublicKeyInfo")
    return der[at:stop]


def same(one, other):
    """Whether two JSON values are the same; true and 1 are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return float(one) == float(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


MEMBERS = {"format", "version", "claim", "about", "visits", "items", "checks"}


def probability(value):
    if value is None:
        return "not compared"
    return str(decimal.Decimal(value).quantize(decimal.Decimal("0.001"), decimal.ROUND_HALF_UP))


def short(value):
    return str(int(value)) if value == int(value) else repr(value)


def claim_of(kind, finding, crawl):
    """What a claim is of, and its statement, by its finding."""
    if kind == "pair":
        a, b = finding["a"], finding["b"]
        return [str(a["serverId"]), str(b["serverId"])], (
            "servers %d (%s) and %d (%s): probability of one operator %s, of shared infrastructure %s"
            % (a["serverId"], a["host"], b["serverId"], b["host"],
               probability(finding["sameOperator"]), probability(finding["sharedInfrastructure"])))
    if kind == "cluster":
        cluster = finding["cluster"]
        return [str(cluster["clusterId"])], "group %d, %d servers: %s" % (
            cluster["clusterId"], len(finding["members"]), cluster["statement"])
    server = finding["server"]
    if kind == "server":
        return [str(server["serverId"])], (
            "what server %d (%s) answered in crawl %s and in the probes that followed it"
            % (server["serverId"], server["host"], crawl))
    require(kind == "indicator", "a kind of claim that is not known")
    points = "not tested (%s)" % finding["untested"]
    if finding["points"] is not None:
        points = "%s of %s points" % (short(finding["points"]), short(finding["weight"]))
    return [str(server["serverId"]), finding["name"]], (
        "indicator %s of server %d (%s): %s; innocent causes: %s"
        % (finding["name"], server["serverId"], server["host"], points, "; ".join(finding["innocent"])))


class Bundle:
    def __init__(self, data, bundle_number):
        require(hashlib.sha256(data).hexdigest() == bundle_number, "another number")
        require(data.endswith(b"\n"), "the last line does not end")
        require(not re.search(rb"[\x00-\x09\x0b-\x1f]", data), "a control character")
        lines = data[:-1].split(b"\n")
        require(all(line[:1] == b"{" and line[-1:] == b"}" for line in lines), "something beside the objects")
        self.manifest = json.loads(lines[0].decode("utf-8"))
        require(self.manifest["format"] == "electrum-observatory evidence", "another format")
        require(self.manifest["version"] == 1, "another version")
        require(self.manifest.keys() - {"warning"} == MEMBERS, "other members")
        listed = self.manifest["items"]
        require(len(listed) == len(lines) - 1, "another number of items")
        self.items = {}
        self.read = {}
        for entry, line in zip(listed, lines[1:]):
            item = json.loads(line.decode("utf-8"))
            require(item.keys() == {"name", "base64"}, "other members")
            require(item["name"] == entry["name"] and item["name"] not in self.items, "another item")
            require(re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", item["name"], re.ASCII), "a name that leads elsewhere")
            content = base64.b64decode(item["base64"], validate=True)
            require(base64.b64encode(content).decode("ascii") == item["base64"], "another base64")
            require(len(content) == entry["bytes"], "another length")
            require(hashlib.sha256(content).hexdigest() == entry["sha256"], "other bytes")
            self.items[item["name"]] = content
        self.compare_claim()

    def compare_claim(self):
        claim = self.manifest["claim"]
        findings = [item["name"] for item in self.manifest["items"] if item["kind"] == "finding"]
        if claim["kind"] == "violation":
            require(not findings, "a violation with a finding")
            return
        require(len(findings) == 1, "not one finding")
        finding = json.loads(self.items[findings[0]].decode("utf-8"))
        said = claim_of(claim["kind"], finding, self.manifest["about"]["crawl_id"])
        require(said == (claim["of"], claim["statement"]), "the claim is not what the finding says")

    def value(self, reference):
        name = reference["item"]
        if name not in self.read:
            self.read[name] = json.loads(self.items[name].decode("utf-8"))
        found = self.read[name]
        if reference["at"] != "":
            require(reference["at"].startswith("/"), "not a pointer")
            for part in reference["at"][1:].split("/"):
                key = part.replace("~1", "/").replace("~0", "~")
                found = found[int(key)] if isinstance(found, list) else found[key]
        if "from" in reference or "to" in reference:
            found = found[reference.get("from"):reference.get("to")]
        return found

    def header(self, reference):
        return Header(self.value(reference))

    def key(self, name):
        return public_key_info(self.items[name])

    def check_header(self, fact):
        header = self.header(fact["header"])
        require(header.hash == fact["hash"], "hash")
        require(header.previous == fact["previous"], "previous")
        require(header.merkle_root == fact["merkle_root"], "merkle root")
        require(header.time == fact["time"], "time")
        require("%08x" % header.bits == fact["bits"], "bits")
        require((int(header.hash, 16) <= header.target) is fact["meets_target"], "work")

    def check_link(self, fact):
        earlier, later = self.header(fact["earlier"]), self.header(fact["later"])
        require((later.previous == earlier.hash) is fact["follows"], "link")

    def check_easier(self, fact):
        limit = target_of(int(fact["limit"], 16)) * fact["times"]
        require((self.header(fact["header"]).target > limit) is fact["easier"], "target")

    def check_merkle(self, fact):
        proof = self.value(fact["proof"])
        require(len(proof["merkle"]) <= 32, "too long a branch")
        node, place = machine(fact["txid"]), proof["pos"]
        for sibling in proof["merkle"]:
            other = machine(sibling)
            node = double(node + other if place % 2 == 0 else other + node)
            place //= 2
        require(people(node) == fact["root"], "root")
        require((fact["root"] == self.header(fact["header"]).merkle_root) is fact["leads"], "leads")

    def check_transaction(self, fact):
        require(Transaction(self.value(fact["transaction"])).txid == fact["txid"], "txid")

    def check_status(self, fact):
        text = "".join("%s:%d:" % (entry["tx_hash"].lower(), entry["height"]) for entry in self.value(fact["history"]))
        expected = hashlib.sha256(text.encode()).hexdigest() if text else None
        shown = self.value(fact["status"])
        require(((shown.lower() if shown is not None else None) == expected) is fact["agrees"], "status")

    def check_entries(self, fact):
        heights = {}
        for entry in self.value(fact["history"]):
            heights.setdefault(entry["tx_hash"].lower(), set()).add(entry["height"])
        pinned = fact["pinned"]
        require([it["txid"] for it in pinned if it["txid"] not in heights] == fact["missing"], "missing")
        moved = [it["txid"] for it in pinned if it["txid"] in heights and it["height"] not in heights[it["txid"]]]
        require(moved == fact["moved"], "moved")

    def check_certificate(self, fact):
        name = fact["certificate"]
        require(hashlib.sha256(self.items[name]).hexdigest() == fact["sha256"], "certificate")
        require(hashlib.sha256(self.key(name)).hexdigest() == fact["spki_sha256"], "key")

    def check_same_key(self, fact):
        keys = {self.key(name) for name in fact["certificates"]}
        require(len(fact["certificates"]) > 1 and len(keys) == 1, "different keys")

    def check_same_value(self, fact):
        values = [self.value(reference) for reference in fact["values"]]
        require(len(values) > 1 and all(same(value, values[0]) for value in values), "different values")

    def check_value(self, fact):
        require(same(self.value(fact["value"]), fact["is"]), "value")

    def verify(self):
        for fact in self.manifest["checks"]:
            kind = fact["check"]
            check = getattr(self, "check_" + kind.replace(" ", "_"), None)
            require(check is not None, "a kind of fact that is not known: " + kind)
            check(fact)
        return len(self.manifest["checks"])


def verify(data, bundle_number):
    """How many facts were worked out again; raises Refused."""
    try:
        return Bundle(data, bundle_number).verify()
    except Refused:
        raise
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("%s: %s" % (type(error).__name__, error)) from error


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as bundle_file:
        content = bundle_file.read()
    try:
        print("%d facts worked out again" % verify(content, sys.argv[2]))
    except Refused as refusal:
        sys.exit("refused: %s" % refusal)
