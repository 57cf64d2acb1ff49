"""Speed and memory of `nlprnn serve` under load, beside the pipeline: `python benchmarks/serving.py MODEL DATASET`.

Server and clients are processes of their own; the pipeline is measured in another, on the same number of threads.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import click
import numpy as np

_TYPE = "Content-Type: application/json"
_PIPELINE = """
import sys, time, json, torch, nlprnn
torch.set_num_threads(int(sys.argv[2]))
model, texts = nlprnn.load(sys.argv[1], device="cpu"), json.load(sys.stdin)
model(texts[:64])
began, used = time.perf_counter(), time.process_time()
for start in range(0, len(texts), 64):
    model(texts[start : start + 64])
print(len(texts) / (time.perf_counter() - began), 1000 * (time.process_time() - used) / len(texts))
"""


def pipeline_speed(model: str, texts: list[str], threads: int) -> list[float]:
    """Return the texts per second of the pipeline in batches of 64, and the milliseconds of processor time of each."""
    call = [sys.executable, "-c", _PIPELINE, model, str(threads)]
    done = subprocess.run(call, input=json.dumps(texts), capture_output=True, text=True, check=True)
    return list(map(float, done.stdout.split()))


async def load(port: int, texts: list[str], clients: int) -> tuple[list[float], int]:
    """Send each text in a request; return the seconds of each, and the number of faults.

    The clients are plain sockets that stay connected: a library would take more time than the server.
    """
    queue = iter(texts)
    seconds, faults = [], 0

    async def send() -> None:
        nonlocal faults
        received, sent = await asyncio.open_connection("127.0.0.1", port)
        for text in queue:
            body = json.dumps({"text": text}).encode()
            head = f"POST /classify HTTP/1.1\r\nHost: x\r\n{_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
            began = time.perf_counter()
            sent.write(head.encode() + body)
            answer = await received.readuntil(b"\r\n\r\n")
            length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await received.readexactly(int(length.partition(b":")[2]))
            seconds.append(time.perf_counter() - began)
            faults += not answer.startswith(b"HTTP/1.1 200 ")
        sent.close()

    await asyncio.gather(*(send() for _ in range(clients)))
    return seconds, faults


def cpu_seconds(process: int) -> float:
    """Return the time that a process has used of all cores, which other processes do not change much."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: int) -> float:
    """Return the resident memory of a process, in megabytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@click.command()
@click.argument("model")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--texts", "count", default=2000, help="Number of requests.")
@click.option("--rounds", default=1, help="Number of times that they are sent.")
@click.option("--clients", default=64, help="Number of concurrent clients.")
@click.option("--threads", default=1, help="Number of threads of the model.")
def main(model: str, dataset: Path, count: int, rounds: int, clients: int, threads: int) -> None:
    """Measure a classifier, MODEL, on the texts of DATASET, JSON lines with a column text."""
    lines = dataset.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    texts = [texts[index % len(texts)] for index in range(count)]
    rate, milliseconds = pipeline_speed(model, texts, threads)
    call = [sys.executable, "-m", "nlprnn.cli.main", "serve", model, "--port", "0", "--threads", str(threads)]
    with subprocess.Popen(call, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        started = next(line for line in server.stderr if line.startswith("Serving"))
        port = int(started.rpartition(":")[2].partition(";")[0])
        asyncio.run(load(port, texts[:clients], clients))  # warm
        for number in range(rounds):
            began, used = time.perf_counter(), cpu_seconds(server.pid)
            seconds, faults = asyncio.run(load(port, texts, clients))
            speed = count / (time.perf_counter() - began)
            used = 1000 * (cpu_seconds(server.pid) - used) / count
            p50, p99 = np.percentile(seconds, [50, 99]) * 1000
            print(
                f"round {number + 1}: {speed:.0f} texts/s over HTTP, pipeline {rate:.0f} ({speed / rate:.0%}); "
                f"processor time of a text {used:.2f} ms and {milliseconds:.2f} ms ({milliseconds / used:.0%}); "
                f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, {faults} faults, {memory_mb(server.pid):.0f} MB"
            )
        server.terminate()


if __name__ == "__main__":
    main()
