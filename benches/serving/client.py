#!/usr/bin/env python3
"""Drive a server with requests from clients that each keep one connection.

    python client.py --port 8000 --bodies FILE --clients 64 --seconds 10
    python client.py --port 8000 --bodies FILE --clients 64 --seconds 10 --rate 300

FILE has one body per line. Without a rate, each client sends its next request when it has an answer. With
one, requests are due at fixed times, and the time of a late one counts from when it was due. Prints a JSON
object. Only this machine is driven. Needs uvloop, which uvicorn[standard] brings.
"""

import argparse
import asyncio
import itertools
import json
import pathlib
import time

import uvloop

HEAD = "POST /v1/predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bodies", type=pathlib.Path, required=True)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=2.0, help="seconds before, not counted")
    parser.add_argument("--rate", type=float, help="requests per second")
    return parser.parse_args()


class Load:
    """What the clients share, and what they count."""

    def __init__(self, options):
        bodies = options.bodies.read_bytes().splitlines()
        self.requests = itertools.cycle([HEAD.format(len(body)).encode() + body for body in bodies])
        self.port, self.interval = options.port, options.rate and 1 / options.rate
        self.numbers = itertools.count()
        self.start = time.perf_counter()
        self.first = self.start + options.warm_up
        self.end = self.first + options.seconds
        self.times, self.statuses, self.wrong = [], {}, 0

    def due(self):
        """When the next request has to be sent."""
        now = time.perf_counter()
        return now if self.interval is None else self.start + next(self.numbers) * self.interval

    async def client(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while (due := self.due()) < self.end:
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            writer.write(next(self.requests))
            status, body = await answer(reader)
            self.count(due, status, body)
        writer.close()

    def count(self, due, status, body):
        now = time.perf_counter()
        # Only answers within the measured time, so that a rate is not that of a rest without load.
        if not self.first <= now < self.end:
            return
        self.times.append(now - due)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 200 and body.count(b'"value":') != 1:
            self.wrong += 1


async def answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return int(head[9:12]), await reader.readexactly(int(length))


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def drive(options):
    load = Load(options)
    cpu = time.process_time()
    await asyncio.gather(*(load.client() for _ in range(options.clients)))
    ordered = sorted(load.times)
    if not ordered:
        raise SystemExit("no answer within the time")
    return {
        "clients": options.clients,
        "rate": options.rate,
        "requests_per_s": load.statuses.get(200, 0) / options.seconds,
        "p50_ms": 1e3 * quantile(ordered, 0.5),
        "p99_ms": 1e3 * quantile(ordered, 0.99),
        "statuses": load.statuses,
        "wrong": load.wrong,
        "client_cpu": (time.process_time() - cpu) / (options.seconds + options.warm_up),
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(drive(arguments()))))
