"""The two servers that are compared, as processes that are started and stopped."""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
READY_SECONDS = 120.0
MIB = 1024.0  # of the KiB that the kernel counts


def misa(options, case, folder):
    command = [options.misa, "serve", f"{case}={folder}", "--log", "off", "--drain-seconds", "0"]
    return command + options.serve_argument


def fastapi(options, case, folder, workers):
    """One worker with all threads, or several that share them."""
    command = [sys.executable, HERE / "fastapi_peer.py", "--peer", options.peer, "--case", case]
    command += ["--weights", folder / "model.safetensors"]
    if (folder / "tokenizer.json").exists():
        command += ["--tokeniser", folder / "tokenizer.json"]
    return command + ["--workers", str(workers), "--threads", str(max(1, options.threads // workers))]


class Server:
    """A server that is ready, all its workers included; it is stopped at the end of the block."""

    def __init__(self, command, threads, workers=1):
        self.workers, self.seen = workers, set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.command = [str(part) for part in command] + ["--port", str(self.port)]
        self.environment = dict(os.environ, RAYON_NUM_THREADS=str(threads))

    def __enter__(self):
        start = time.perf_counter()
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.DEVNULL)
        while not self.is_ready():
            if self.process.poll() is not None:
                raise SystemExit(f"{self.command}: ended with {self.process.returncode} before it was ready")
            if time.perf_counter() - start > READY_SECONDS:
                self.process.kill()
                raise SystemExit(f"{self.command}: not ready after {READY_SECONDS} s")
            time.sleep(0.005)
        self.start_seconds = time.perf_counter() - start
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def is_ready(self):
        try:
            status, answer = self.ask("GET", "/readyz")
        except (OSError, http.client.HTTPException):
            return False
        if status == 200 and self.workers > 1:
            self.seen.add(json.loads(answer)["process"])
            return len(self.seen) == self.workers
        return status == 200

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {"content-type": "application/json"})
        response = connection.getresponse()
        result = response.status, response.read()
        connection.close()
        return result

    def peak_memory(self):
        """The most memory in MiB that it and its workers have had; only Linux tells it."""
        processes = [self.process.pid]
        for process in processes:
            processes += map(int, pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split())
        status = (pathlib.Path(f"/proc/{process}/status").read_text() for process in processes)
        return sum(int(text.partition("VmHWM:")[2].split()[0]) for text in status) / MIB
