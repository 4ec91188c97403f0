"""Load from wrk, redis-benchmark, redis-cli and pgbench, with the processor time that the server spent on it."""
import csv
import glob
import os
import re
import subprocess
import time
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Figures:
    """One run: times in µs; CPU is the server's, for one operation."""
    per_second: float
    cpu: float
    p50: float
    p99: float
    generator_cpu: float = 0

    def then(self, other):
        """Both, one after the other, as one operation."""
        return Figures(
            1 / (1 / self.per_second + 1 / other.per_second), self.cpu + other.cpu, self.p50 + other.p50,
            self.p99 + other.p99, self.generator_cpu + other.generator_cpu)


def run(server, arguments, **options):
    """Runs a load generator; returns what it printed, and processor seconds of the server and of the generator."""
    before, own = server.cpu_seconds(), os.times()
    done = subprocess.run(list(map(str, arguments)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    after, own_after = server.cpu_seconds(), os.times()
    if done.returncode != 0:
        raise SystemExit(f"{arguments[0]} failed: {done.stderr or done.stdout}")
    generator = own_after.children_user + own_after.children_system - own.children_user - own.children_system
    return done.stdout, after - before, generator


def wrk(server, path, tokens, seconds, connections=64):
    """A closed loop of GETs on one thread."""
    text, cpu, own = run(server, [
        "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", f"{HERE}/wrk.lua",
        f"http://127.0.0.1:{server.port}{path}", tokens])
    found = re.search(r"^RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$", text, re.M)
    requests, duration, p50, p99, refused, broken = (int(number) for number in found.groups())
    if refused or broken:
        raise SystemExit(f"wrk: {refused} answers were not 2xx or 3xx, {broken} requests broke.")
    return Figures(requests / duration * 1e6, cpu / requests * 1e6, p50, p99, own / requests * 1e6)


def redis_benchmark(server, keys, *command, requests=60_000, connections=64):
    """One command over and over, with random keys where it says `__rand_int__`."""
    text, cpu, own = run(server, [
        "redis-benchmark", "-p", server.port, "-c", connections, "-n", requests, "-r", keys, "--csv", *command])
    row = list(csv.reader(text.splitlines()))[-1]
    return Figures(
        float(row[1]), cpu / requests * 1e6, float(row[4]) * 1e3, float(row[6]) * 1e3, own / requests * 1e6)


def redis_pipe(server, stream, operations):
    """A file of commands as fast as they go through one connection, pipelined."""
    start = time.monotonic()
    with open(stream) as commands:
        _, cpu, own = run(server, ["redis-cli", "-p", server.port, "--pipe"], stdin=commands)
    seconds = time.monotonic() - start
    return Figures(operations / seconds, cpu / operations * 1e6, 0, 0, own / operations * 1e6)


def pgbench(server, script, folder, seconds, clients=16):
    """A script of one query, prepared, with a random viewer."""
    prefix = os.path.join(folder, "pgbench")
    text, cpu, own = run(server, [
        "pgbench", "-n", "-h", "127.0.0.1", "-p", server.port, "-U", "postgres", "-f", script, "-c", clients, "-j", 1,
        "-T", seconds, "-M", "prepared", "-l", "--log-prefix", prefix, "postgres"])
    latencies = []
    for path in glob.glob(prefix + ".*"):
        with open(path) as log:
            latencies += [int(line.split()[2]) for line in log]
        os.remove(path)
    latencies.sort()
    per_second = float(re.search(r"tps = ([\d.]+)", text)[1])
    count = len(latencies)
    return Figures(
        per_second, cpu / count * 1e6, latencies[count // 2], latencies[count * 99 // 100], own / count * 1e6)
