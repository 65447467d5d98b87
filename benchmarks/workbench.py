"""Measure the workbench on a large table: its first page, Explore's answers, and the size of the dossier.

Usage: python benchmarks/workbench.py CASES CASE

CASES is a folder of cases as the workbench makes them, CASE the name of one that was examined. What is
counted is CPU time of the server, because wall time on a shared machine says as much of its other users;
beside each figure stands how many times it is what the barest way to the same takes: an empty page from the
same server for the first page, reading the table of stations once for what is explored.
"""

from __future__ import annotations

import http.client
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import polars as pl

ROUNDS = 5
EMPTY = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
async def page(request): return HTMLResponse("<h1>empty</h1>")
import socket
taken = socket.socket(); taken.bind(("127.0.0.1", 0))
print(f"http://127.0.0.1:{taken.getsockname()[1]}/?token=", flush=True)
uvicorn.Server(uvicorn.Config(Starlette(routes=[Route("/", page)]), log_level="error")).run(sockets=[taken])
"""


class Server:
    """A server in a program of its own, and a browser that has its cookie."""

    def __init__(self, command: list[str]) -> None:
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout
        told = ""
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]*)", told)):
            told += self.process.stdout.readline()
        self.port, self.token = int(found[1]), found[2]
        self.cookie = ""

    def get(self, path: str, htmx: bool = False) -> bytes:
        """Ask for a path; the server may still be starting."""
        headers = {"Cookie": self.cookie, "Host": f"127.0.0.1:{self.port}"}
        if htmx:
            headers["HX-Request"] = "true"
        for _ in range(2000):
            try:
                to = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
                to.request("GET", path, headers=headers)
                answer = to.getresponse()
                break
            except ConnectionRefusedError:
                time.sleep(0.005)
        self.cookie = (answer.getheader("set-cookie") or self.cookie).partition(";")[0]
        body = answer.read()
        if answer.status == 303:
            return self.get(answer.getheader("location") or "/")
        if answer.status != 200:
            raise SystemExit(f"{path} was answered with status {answer.status}")
        return body

    @property
    def cpu(self) -> float:
        """Seconds of CPU time that the server has taken so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> int:
        """Most memory that it has held, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()


def started(command: list[str]) -> tuple[float, float]:
    """Return wall and CPU seconds from the start of a server until its first page has come."""
    server = Server(command)
    server.get(f"/?token={server.token}")
    figures = time.perf_counter() - server.began, server.cpu
    server.stop()
    return figures


def main(cases: Path, case: str) -> None:
    workbench = ["-m", "plebiscope.cli", "serve", "--cases", str(cases), "--no-browser"]
    print(f"{'':44}{'wall s':>8}{'CPU s':>8}{'times':>8}{'kB':>8}")
    empty = [started(["-c", EMPTY]) for _ in range(ROUNDS)]
    first = [started(workbench) for _ in range(ROUNDS)]
    for name, figures in (("an empty page, server started", empty), ("first page, workbench started", first)):
        wall, cpu = (statistics.median(column) for column in zip(*figures, strict=True))
        times = statistics.median(mine[1] / bare[1] for mine, bare in zip(figures, empty, strict=True))
        print(f"{name:44}{wall:8.2f}{cpu:8.2f}{times:8.1f}")

    stations = cases / case / "dossier" / "stations.parquet"
    bare = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_SELF)
        height = pl.read_parquet(stations).height
        after = resource.getrusage(resource.RUSAGE_SELF)
        bare.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    reading = statistics.median(bare)
    print(f"{'reading the table of stations':44}{'':8}{reading:8.3f}{1:8.1f}")
    server = Server(workbench)
    server.get(f"/?token={server.token}")
    at = f"/cases/{quote(case)}"
    brush = "t0=80&t1=100&s0=60&s1=100"
    asked = {
        "the page of the case": (at, False),
        "the dossier's page": (f"{at}/dossier/page", False),
        "Explore, for the first time": (f"{at}/explore", False),
        "Explore again": (f"{at}/explore", False),
        "a box drawn over the picture": (f"{at}/explore?{brush}", True),
        "a part of a name typed": (f"{at}/explore?named=12", True),
        "a station's page": (f"{at}/station/{height // 2}", False),
        "the picture saved": (f"{at}/explore/fingerprint.svg?{brush}", False),
        "the table of a choice, CSV": (f"{at}/stations.csv?{brush}", False),
        "the whole table, CSV": (f"{at}/stations.csv", False),
        "Keep and share": (f"{at}/keep", False),
    }
    for name, (path, htmx) in asked.items():
        rounds = 1 if "first" in name else ROUNDS
        before, began = server.cpu, time.perf_counter()
        for _ in range(rounds):
            body = server.get(path, htmx)
        wall, cpu = (time.perf_counter() - began) / rounds, (server.cpu - before) / rounds
        print(f"{name:44}{wall:8.2f}{cpu:8.2f}{cpu / reading:8.1f}{len(body) / 1000:8.0f}")
    print(f"{height:,} stations; the server held at most {server.memory} MiB")
    server.stop()
    for file in ("dossier.html", "dossier.json"):
        print(f"{file}: {stations.with_name(file).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
