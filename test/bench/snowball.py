"""A 50-way asyncio snowball over Electrum servers: the crawler one would write in an afternoon.

Reads one JSON object on stdin: transport ("tcp" or "tls"), seed ([address, port]),
concurrency, connect_s, reply_s. From the seed it follows the peer lists, asks every
server for server.version, server.features and server.peers.subscribe, keeps the
replies in memory, and prints one JSON object: visits, failed, wall_ms.
Standard library only, Python 3.9 or newer.
"""

import asyncio
import json
import ssl
import sys
import time

LINE_LIMIT = 2_000_000


async def ask(reader, writer, number, method, params, timeout):
    request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    writer.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
    await writer.drain()
    line = await asyncio.wait_for(reader.readline(), timeout)
    return json.loads(line)["result"]


async def visit(server, context, job):
    reader, writer = await asyncio.wait_for(
        asyncio.open_connection(server[0], server[1], ssl=context, limit=LINE_LIMIT), job["connect_s"]
    )
    try:
        timeout = job["reply_s"]
        version = await ask(reader, writer, 1, "server.version", ["snowball", ["1.4", "1.6"]], timeout)
        features = await ask(reader, writer, 2, "server.features", [], timeout)
        peers = await ask(reader, writer, 3, "server.peers.subscribe", [], timeout)
        return version, features, peers
    finally:
        writer.transport.abort()


def servers_of(peers, letter):
    for _, host, features in peers:
        for feature in features:
            if feature[0] == letter:
                yield host, int(feature[1:])


async def crawl(job):
    context = None
    letter = "t"
    if job["transport"] == "tls":
        letter = "s"
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    seed = tuple(job["seed"])
    known = {seed}
    found = {}
    failed = {}
    queue = asyncio.Queue()
    queue.put_nowait(seed)

    async def work():
        while True:
            server = await queue.get()
            try:
                version, features, peers = await visit(server, context, job)
                found[server] = (version, features, peers)
                for peer in servers_of(peers, letter):
                    if peer not in known:
                        known.add(peer)
                        queue.put_nowait(peer)
            except Exception as error:
                failed[server] = repr(error)
            finally:
                queue.task_done()

    workers = [asyncio.ensure_future(work()) for _ in range(job["concurrency"])]
    await queue.join()
    for worker in workers:
        worker.cancel()
    return found, failed


def main():
    job = json.load(sys.stdin)
    started = time.perf_counter()
    found, failed = asyncio.run(crawl(job))
    wall_ms = (time.perf_counter() - started) * 1000
    first = next(iter(failed.values()), None)
    print(json.dumps({"visits": len(found), "failed": len(failed), "problem": first, "wall_ms": wall_ms}))


main()
