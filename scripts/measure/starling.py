"""A Starling server of its own, and what is asked of it."""
import contextlib
import http.client
import json
import os
import random
import sqlite3
import subprocess
import time

from .communities import text
from .processes import Process, free_port

# Wide enough for any load here: the limits stay on, and their cost is in the figures.
RATES = ["--rate-limit-reads", "1000000000", "--rate-limit-writes", "1000000000"]


class Community:
    """A data directory with a made-up community in it."""

    def __init__(self, binary, path, plan):
        self.binary, self.path = os.path.abspath(binary), path
        os.mkdir(path)
        plan.write(f"{path}.follows", f"{path}.jsonl")
        self.run("import", "--follows", f"{path}.follows", "--posts", f"{path}.jsonl")

    def run(self, command, *arguments):
        line = [self.binary, *command.split(), "--data-dir", self.path, *map(str, arguments)]
        done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(line[:4])} failed: {done.stderr}")
        return done.stdout

    def tokens(self, accounts):
        """Access tokens of accounts by their numbers, in that order."""
        names = [f"u{account}" for account in accounts]
        lines = []
        for start in range(0, len(names), 5_000):
            lines += self.run("user token", "--names", *names[start:start + 5_000]).splitlines()
        tokens = dict(line.split() for line in lines)
        return [tokens[name] for name in names]

    def token_file(self, accounts):
        """The same in a file; returns its path."""
        path = f"{self.path}.tokens-{accounts[0]}-{len(accounts)}"
        with open(path, "w") as file:
            file.write("\n".join(self.tokens(accounts)) + "\n")
        return path

    def query(self, sql):
        """Rows of the store, which nobody may be writing to."""
        with contextlib.closing(sqlite3.connect(f"{self.path}/starling.sqlite")) as store:
            return store.execute(sql).fetchall()


class Starling(Process):
    """The server on a community. `ready_after` says how long it took to be ready, in seconds."""

    def __init__(self, community, folder, *flags):
        self.community = community
        port = free_port()
        arguments = [
            community.binary, "serve", "--data-dir", community.path, "--port", str(port), *RATES, *map(str, flags)]
        super().__init__(arguments, folder, "starling", port)
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def wait_until_ready(self):
        while True:
            try:
                if self.request("GET", "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > self.started_at + 120:
                with open(self.log) as log:
                    raise SystemExit(f"Starling did not get ready: {log.read()}")
            time.sleep(0.002)
        self.ready_after = time.monotonic() - self.started_at

    def request(self, method, path, token=None, body=None, connection=None):
        """One request, on a connection of its own where none is given; returns status and body."""
        own = connection or self.connection()
        headers = {"Content-Type": "application/json"} if body else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            own.request(method, path, json.dumps(body) if body else None, headers)
            answer = own.getresponse()
            return answer.status, answer.read()
        finally:
            if connection is None:
                own.close()

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def publish(self, token, text, connection=None):
        """Returns the new post's id."""
        status, body = self.request("POST", "/v1/posts", token, {"content": text}, connection)
        if status != 201:
            raise SystemExit(f"A post was refused: {status} {body}")
        return json.loads(body)["post_id"]

    def read_feeds(self, tokens, limit=20):
        """Reads the first page of each once; returns how long each took, in µs."""
        times, connection = [], self.connection()
        for token in tokens:
            start = time.monotonic()
            status, _ = self.request("GET", f"/v1/feed?limit={limit}", token, connection=connection)
            times.append((time.monotonic() - start) * 1e6)
            if status != 200:
                raise SystemExit(f"A feed read was refused: {status}")
        connection.close()
        return times

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def private_bytes(self):
        """The same without pages of files, which the store is read through."""
        with open(f"/proc/{self.pid}/status") as file:
            return 1024 * int(next(line for line in file if line.startswith("RssAnon")).split()[1])

    def bench(self, scenario, tokens, *arguments, seconds=8, warmup=2):
        """Runs `starling bench`; returns its report."""
        line = [
            self.community.binary, "bench", "--json", "--scenario", scenario, "--port", self.port, "--tokens", tokens,
            "--pid", self.pid, "--seconds", seconds, "--warmup", warmup, *arguments]
        done = subprocess.run(list(map(str, line)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(f"starling bench --scenario {scenario} failed: {done.stderr}")
        report = json.loads(done.stdout)
        if report["non2xx"] or report["transport_failures"] or report["dropped"]:
            print(f"  {scenario}: {report['responses_by_status']}, {report['transport_failures']}, "
                  f"{report['dropped']} dropped")
        return report


def warm_with_pulled_authors(server, tokens, popular):
    """Reads every feed once, then lets the popular publish, whose posts readers merge in from then on."""
    server.read_feeds(tokens)
    numbers = random.Random(1)
    for token in popular:
        server.publish(token, text(numbers))
    time.sleep(0.5)  # Fan-out takes milliseconds.
