#!/usr/bin/env python3
"""Compare `misa serve` with FastAPI and PyTorch, and with the rate of inference without a server.

    python compare.py --misa target/release/misa --throughput target/release/throughput \\
        --peer PATH/pytorch_peer.py --json rows.json mosei_glove_b64=runs/glove minilm_b64=runs/minilm

Every case is served from the folder of a run whose model has its sizes: both sides have its weights. They
are started one after the other, again and again, and driven by `client.py`. Rows are added to the file as
they come, and a table closes the output. Nothing else should run. Needs Linux and what `fastapi_peer.py`
needs.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import clips
from fastapi_peer import load_case, load_peer
from server import HERE, Server, fastapi, misa

# Requests whose answers are compared, and how far those of the two sides may be apart.
CHECKED, TOLERANCE = 32, 1e-4


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+", metavar="CASE=RUN", help="a case, and the folder of its run")
    parser.add_argument("--misa", required=True, type=pathlib.Path, help="the program")
    parser.add_argument("--throughput", required=True, type=pathlib.Path, help="the program")
    parser.add_argument("--peer", required=True, type=pathlib.Path, help="the file pytorch_peer.py")
    parser.add_argument("--form", nargs="+", default=["rows", "base64"], choices=["rows", "base64"])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", required=True, type=pathlib.Path, help="file for the rows")
    parser.add_argument("--serve-argument", action="append", default=[], help="another argument of misa serve")
    return parser.parse_args()


class Comparison:
    """One case with bodies of one form."""

    def __init__(self, options, case, run, form, folder):
        self.options, self.form, self.case = options, form, load_case(load_peer(options.peer), case)
        self.rows, self.name, self.model = [], case, run / "checkpoint"
        self.bodies = clips.bodies(self.case, form, **self.text())
        self.file = folder / f"{case}.{form}"
        self.file.write_bytes(b"\n".join(self.bodies))

    def text(self):
        """What sentences or ids are drawn from."""
        if self.case["bert"]:
            return {"words": clips.whole_words(self.model / "tokenizer.json")}
        weights = load_peer(self.options.peer).read_safetensors(self.model / "model.safetensors")
        return {"vocabulary": len(weights["embed.weight"])}

    def run(self):
        ours = misa(self.options, self.name, self.model)
        workers = self.choose_workers(ours)
        theirs = fastapi(self.options, self.name, self.model, workers)
        for pair in range(self.options.pairs):
            self.reference(pair)
            self.closed("misa", ours, pair=pair)
            self.closed("fastapi", theirs, pair=pair, workers=workers)
        self.half("misa", ours)
        self.half("fastapi", theirs, workers=workers)
        return self.rows

    def choose_workers(self, ours):
        """The number of workers with which the other side is faster, once it is shown to answer alike."""
        with Server(ours, self.options.threads) as server:
            expected = self.values(server)
        rates = {}
        for workers in sorted({1, self.options.threads}):
            command = fastapi(self.options, self.name, self.model, workers)
            with Server(command, self.options.threads, workers) as server:
                found = self.values(server)
            worst = max(abs(x - y) for x, y in zip(expected, found, strict=True))
            if not worst <= TOLERANCE:
                raise SystemExit(f"{self.name}: answers differ by up to {worst}, expected at most {TOLERANCE}")
            self.add("answers", "fastapi", workers=workers, largest_difference=worst)
            rates[workers] = self.closed("fastapi", command, measure="trial", workers=workers)
        return max(rates, key=rates.get)

    def values(self, server):
        answers = [server.ask("POST", "/v1/predict", body) for body in self.bodies[:CHECKED]]
        for status, answer in answers:
            if status != 200:
                raise SystemExit(f"{self.name}: status {status}, {answer[:400]}")
        return [json.loads(answer)["predictions"][0]["value"] for _, answer in answers]

    def reference(self, pair):
        """The rate of inference on batches that are ready."""
        options = self.options
        command = [options.throughput, "--case", self.name, "--threads", options.threads]
        if self.name in (HERE / "cases.json").read_text():
            command += ["--cases", HERE / "cases.json"]
        with tempfile.NamedTemporaryFile() as file:
            command += ["--seconds", options.seconds, "--json", file.name]
            subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
            row = json.load(open(file.name))[0]
        keys = ("infer_samples_per_s", "infer_ms_per_step", "cpu_per_wall_infer")
        self.add("reference", "throughput", pair=pair, **{key: row[key] for key in keys})

    def closed(self, impl, command, measure="closed", **more):
        """Each client sends its next request when it has an answer."""
        with Server(command, self.options.threads, more.get("workers", 1)) as server:
            result = self.drive(server, clients=self.options.clients)
            more.update(start_s=server.start_seconds, peak_rss_mib=server.peak_memory())
        self.add(measure, impl, **more, **result)
        return result["requests_per_s"]

    def half(self, impl, command, **more):
        """Half of the rate that its clients have reached, and one client alone."""
        rate = self.median("closed", impl, "requests_per_s") / 2
        with Server(command, self.options.threads, more.get("workers", 1)) as server:
            self.add("single", impl, **more, **self.drive(server, clients=1))
            self.add("half", impl, **more, **self.drive(server, clients=self.options.clients, rate=rate))

    def drive(self, server, **options):
        command = [sys.executable, HERE / "client.py", "--port", server.port, "--bodies", self.file]
        command += ["--seconds", self.options.seconds]
        for name, value in options.items():
            command += [f"--{name}", value]
        output = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout
        result = json.loads(output)
        if result["wrong"] or set(result["statuses"]) != {"200"}:
            raise SystemExit(f"{self.name}: not every request was answered: {result}")
        return result

    def add(self, measure, impl, **values):
        row = {"case": self.name, "form": self.form, "measure": measure, "impl": impl, **values}
        row["load_average"] = os.getloadavg()[0]
        row = {key: float(f"{value:.5g}") if isinstance(value, float) else value for key, value in row.items()}
        print(json.dumps(row), flush=True)
        self.rows.append(row)
        file = self.options.json
        rows = json.loads(file.read_text()) if file.exists() else []
        file.write_text(json.dumps([*rows, row], indent=1) + "\n")

    def values_of(self, measure, impl, key):
        rows = (row for row in self.rows if (row["measure"], row["impl"]) == (measure, impl))
        return [row[key] for row in rows]

    def median(self, *which):
        return statistics.median(self.values_of(*which))

    def table(self):
        """Lines of a table in Markdown: medians, with the range of what was measured in pairs."""
        ours, theirs = (self.values_of("closed", impl, "requests_per_s") for impl in ("misa", "fastapi"))
        bound = self.values_of("reference", "throughput", "infer_samples_per_s")
        yield "requests/s", spread(ours), spread(theirs), spread(ratios(ours, theirs))
        yield "share of `throughput`'s inference", spread(ratios(ours, bound)), spread(ratios(theirs, bound)), ""
        for key, small in (("p50_ms", True), ("p99_ms", True), ("peak_rss_mib", True), ("start_s", True)):
            pair = [self.values_of("closed", impl, key) for impl in ("misa", "fastapi")]
            yield key, *map(spread, pair), spread(ratios(*reversed(pair)))
        sides = ("misa", "fastapi")
        for measure in ("single", "half"):
            for key in ("requests_per_s", "p50_ms", "p99_ms"):
                yield f"{measure}: {key}", *(short(self.median(measure, side, key)) for side in sides), ""
        waits = (self.median("half", side, "p99_ms") / self.median("single", side, "p50_ms") for side in sides)
        yield "p99 at half / p50 of a single client", *map(short, waits), ""


def ratios(values, others):
    return [x / y for x, y in zip(values, others, strict=True)]


def short(value):
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def spread(values):
    return f"{short(statistics.median(values))} ({short(min(values))} to {short(max(values))})"


def main():
    options = arguments()
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        for case, run in (text.split("=", 1) for text in options.cases):
            for form in options.form:
                comparison = Comparison(options, case, pathlib.Path(run), form, pathlib.Path(folder))
                comparison.run()
                tables.append((f"{case}, {form}", list(comparison.table())))
    for title, lines in tables:
        print(f"\n| {title} | misa | FastAPI | times better |\n| --- | ---: | ---: | ---: |")
        for line in lines:
            print(f"| {' | '.join(line)} |")


if __name__ == "__main__":
    main()
