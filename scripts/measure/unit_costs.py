"""Measures what `starling plan` counts with: Redis and PostgreSQL, per operation and per row.

usage: PYTHONPATH=scripts python3 -m measure.unit_costs [--part redis|postgresql|sqlite] [--posts 300000]

Needs redis-server, redis-tools and postgresql-15. Servers are throwaways on 127.0.0.1 and are stopped by their own id.
"""
import argparse
import glob
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading

from . import tables
from .processes import Process, cpu_seconds, free_port, wait_for_port

SOURCES = os.path.join(os.path.dirname(__file__), "../../Sources")
TIMELINES_SOURCE, LIMITS_SOURCE = "Timelines/Shared/TimelineScripts.swift", "KeyValue/RateLimit/RateLimitScript.swift"
ENTRIES, FULL, TIMELINES = 800, 850, 3_000
START = 1_700_000_000_000
lines = []


def note(what, figure, unit):
    lines.append([what, figure, unit])
    print(f"  {what}: {tables.number(figure)} {unit}", flush=True)


def script(name, source=TIMELINES_SOURCE):
    """A script as it stands in the server's source."""
    with open(os.path.join(SOURCES, source)) as file:
        text = file.read()

    def literal(name):
        found = re.search(rf'let {name} = (?:RedisScript\(\s*)?(?:(\w+) \+ )?"""\n(.*?)"""', text, re.S)
        return (literal(found.group(1)) if found.group(1) else "") + found.group(2)
    return literal(name)


def resp(*parts):
    encoded = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in encoded)


class Redis(Process):
    def __init__(self, folder, *options):
        port = free_port()
        super().__init__(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
             folder, *options], folder, f"redis-{port}", port)
        wait_for_port(port)

    def ask(self, *parts):
        return subprocess.run(
            ["redis-cli", "-p", str(self.port), *map(str, parts)], capture_output=True, text=True, check=True).stdout

    def memory(self):
        return int(re.search(r"used_memory:(\d+)", self.ask("info", "memory")).group(1))

    def cost(self, commands, each):
        """Sends all commands through one pipelined connection; the server's CPU in µs for each of `each` things."""
        link = socket.create_connection(("127.0.0.1", self.port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        before, bytes_before = self.cpu_seconds(), self.written()
        sender = threading.Thread(target=lambda: (link.sendall(b"".join(commands)), link.sendall(resp("ECHO", "ended"))))
        sender.start()
        tail = b""
        while not tail.endswith(b"$5\r\nended\r\n"):
            block = link.recv(1 << 20)
            if not block:
                raise SystemExit("Redis closed the connection.")
            tail = (tail + block)[-32:]
            if b"-ERR" in block:
                raise SystemExit(f"Redis refused: {block[:200]}")
        sender.join()
        link.close()
        used = self.cpu_seconds() - before
        return used / each * 1e6, (self.written() - bytes_before) / each

    def written(self):
        return int(re.search(r"total_net_output_bytes:(\d+)", self.ask("info", "stats")).group(1))

    def load(self, script):
        return self.ask("script", "load", script).strip()


def member(number):
    return struct.pack(">Q", number)


def key(index):
    """Timelines of ten lie in each bucket, as in a batch of 10,000 deliveries."""
    return f"home:{{{index // 10 % 1024}}}:{900_000_000_000_000_000 + index}"


def filled(redis, entries):
    marker = b"F" + b"0" * 16 + member(START << 12)
    before = redis.memory()
    commands = []
    for index in range(TIMELINES):
        pairs = [part for n in range(entries) for part in (START + n * 7, member((START + n * 7) << 12 | index % 4096))]
        commands.append(resp("ZADD", key(index), -1, marker, *pairs))
    redis.cost(commands, 1)
    return (redis.memory() - before) / TIMELINES


def deliveries(redis, sha, count, keys_per_run):
    """Deliveries to timelines in random order, the keys of one run from one bucket."""
    numbers, commands, stamp = random.Random(1), [], START + 10_000_000
    for _ in range(count // keys_per_run):
        first = numbers.randrange(TIMELINES // 10) * 10
        stamp += 1
        chosen = [key(first + place % 10) for place in range(keys_per_run)]
        pairs = [part for place in range(keys_per_run) for part in (stamp, member(stamp << 12 | place))]
        commands.append(resp("EVALSHA", sha, keys_per_run, *chosen, ENTRIES, FULL, *pairs))
    return commands


def redis_costs(folder):
    for name, options in [("skiplist", []), ("listpack", ["--zset-max-listpack-entries", "1024"])]:
        with Redis(folder, *options) as redis:
            note(f"timeline of 800, {name}", filled(redis, ENTRIES), "bytes")
            note(f"  MEMORY USAGE, {name}", int(redis.ask("memory", "usage", key(0), "samples", 0)), "bytes")
            deliver, read = redis.load(script("deliver")), redis.load(script("read"))
            for keys in (1, 10):
                cost, _ = redis.cost(deliveries(redis, deliver, 200_000, keys), 200_000)
                note(f"delivery, {keys} keys a run, {name}", cost, "µs of Redis CPU")
            reads = [resp("EVALSHA", read, 1, key(index % TIMELINES), 2_592_000) for index in range(10_000)]
            cost, size = redis.cost(reads, len(reads))
            note(f"read of a whole timeline, {name}", cost, "µs of Redis CPU")
            note(f"  its answer, {name}", size, "bytes")
            if name == "skiplist":
                benchmark(redis)
    with Redis(folder) as redis:
        updates(redis)
        settle, count = redis.load(script("settle", LIMITS_SOURCE)), 200_000
        reports = [
            resp("EVALSHA", settle, 1, f"limit:read:{900_000_000_000_000_000 + index % 50_000}", 50_000, 50_000, 31_000, 6_000_000)
            for index in range(count)]
        note("report of what a subject was charged", redis.cost(reports, count)[0], "µs of Redis CPU")


def benchmark(redis):
    before = redis.cpu_seconds()
    text = subprocess.run(
        ["redis-benchmark", "-p", str(redis.port), "-P", "16", "-n", "1000000", "-r", "1000000", "-q", "ZADD",
         "home:__rand_int__", "1", "12345678"], capture_output=True, text=True, check=True).stdout
    rate = re.findall(r"([\d.]+) requests per second", text)[-1]
    note("redis-benchmark -P 16 ZADD to a small set", float(rate), "commands/s")
    note("  the same", (redis.cpu_seconds() - before), "µs of Redis CPU")


def updates(redis):
    """One update of 8,000 deliveries in 80 parts, to eight processes."""
    payload, subscribers = os.urandom(29 + 80 * 13 + 8_000 * 8), 8
    stop = threading.Event()

    def follow():
        link = socket.create_connection(("127.0.0.1", redis.port))
        link.settimeout(0.2)
        link.sendall(resp("SUBSCRIBE", "timeline-updates"))
        while not stop.is_set():
            try:
                link.recv(1 << 20)
            except TimeoutError:
                pass
    threads = [threading.Thread(target=follow) for _ in range(subscribers)]
    for thread in threads:
        thread.start()
    while f"\n{subscribers}\n" not in redis.ask("pubsub", "numsub", "timeline-updates"):
        pass
    messages = [resp("PUBLISH", "timeline-updates", payload)] * 20
    used = sum(redis.cost(messages, 1)[0] for _ in range(50))
    stop.set()
    for thread in threads:
        thread.join()
    note("update of a delivery, for each process that follows", used * 1e3 / (50 * 20 * 8_000 * subscribers), "ns of Redis CPU")
    note("  its size", len(payload) / 8_000, "bytes")


PARTITIONED = {"posts": "bucket", "following": "follower_id", "followers": "followee_id", "outbox": None}
SCHEMA = """
CREATE SEQUENCE log_offsets;
CREATE TABLE posts (
    id BIGINT NOT NULL, bucket SMALLINT NOT NULL, author_id BIGINT NOT NULL, position BIGINT NOT NULL,
    state SMALLINT NOT NULL, visibility SMALLINT NOT NULL, content TEXT NOT NULL, reply_to BIGINT,
    reply_to_author BIGINT, root_id BIGINT, depth SMALLINT NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL, edited_at BIGINT, source_kind SMALLINT, source_account BIGINT{posts_key}){posts_part};
CREATE UNIQUE INDEX posts_by_position ON posts (position, bucket);
CREATE INDEX posts_by_author ON posts (author_id, position, state, bucket, visibility);
CREATE INDEX posts_by_reply ON posts (reply_to, position) WHERE reply_to IS NOT NULL;
CREATE TABLE post_counters (post_id BIGINT PRIMARY KEY, likes BIGINT NOT NULL DEFAULT 0,
    comments BIGINT NOT NULL DEFAULT 0, shares BIGINT NOT NULL DEFAULT 0);
CREATE TABLE following (follower_id BIGINT NOT NULL, followee_id BIGINT NOT NULL, follow_id BIGINT NOT NULL,
    PRIMARY KEY (follower_id, followee_id)){following_part};
CREATE INDEX following_by_recency ON following (follower_id, follow_id);
CREATE TABLE followers (followee_id BIGINT NOT NULL, follower_id BIGINT NOT NULL, follow_id BIGINT NOT NULL,
    PRIMARY KEY (followee_id, follower_id)){followers_part};
CREATE INDEX followers_by_recency ON followers (followee_id, follow_id);
CREATE TABLE outbox (event_offset BIGINT PRIMARY KEY DEFAULT nextval('log_offsets'), topic SMALLINT NOT NULL,
    kind SMALLINT NOT NULL, key BIGINT NOT NULL, subject BIGINT NOT NULL, object BIGINT NOT NULL,
    position BIGINT NOT NULL, flags BIGINT NOT NULL, list BYTEA, occurred_at BIGINT NOT NULL);
CREATE INDEX outbox_by_key ON outbox (key, event_offset);
CREATE TABLE change_log (change_offset BIGINT PRIMARY KEY DEFAULT nextval('log_offsets'), changes BYTEA NOT NULL,
    restricts BOOLEAN NOT NULL, written_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp());
"""
PARTITIONS = """
DO $$ BEGIN FOR n IN 0..15 LOOP
    EXECUTE format('CREATE TABLE {table}_%s PARTITION OF {table} FOR VALUES WITH (MODULUS 16, REMAINDER %s)', n, n);
END LOOP; END $$;
"""
# Ids as the server makes them: milliseconds, bucket, node and sequence. Authors' buckets are their numbers'.
FILL = """
INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, created_at)
SELECT id, bucket, author, id, 3, 0, text, at FROM (
    SELECT (600000000000 + n) << 22 | (a % 1024) << 12 | 1 AS id, (a % 1024)::smallint AS bucket,
        (300000000000 + a) << 22 | (a % 1024) << 12 AS author, 1736000000000 + n AS at,
        (SELECT string_agg(md5(n || '-' || i), ' ') FROM generate_series(1, 6) i) || repeat('x', 102) AS text
    FROM (SELECT n, (n * 7919) % 20000 AS a FROM generate_series(1, {posts}::bigint) n) made) rows;
INSERT INTO post_counters (post_id) SELECT id FROM posts ORDER BY id;
INSERT INTO following SELECT (300000000000 + a) << 22 | (a % 1024) << 12, (300000000000 + b) << 22 | (b % 1024) << 12,
    (600000000000 + row_number() OVER ()) << 22 FROM (
    SELECT DISTINCT ON (md5(a || '.' || b)) a, b FROM (
        SELECT n % 20000 AS a, (n * 7919 + n / 20000 * 31) % 20000 AS b FROM generate_series(1, {posts}::bigint) n) pairs
    WHERE a <> b) shuffled ON CONFLICT DO NOTHING;
INSERT INTO followers SELECT followee_id, follower_id, follow_id FROM following ORDER BY follow_id;
INSERT INTO outbox (topic, kind, key, subject, object, position, flags, occurred_at)
SELECT 1, 1, author_id, id, 0, position, 0, created_at FROM posts ORDER BY id;
"""
PUBLISH = """\\set a random(0, 19999)
\\set now {milliseconds}
\\startpipeline
BEGIN;
{rows}SELECT pg_advisory_xact_lock(8319675195431153153);
INSERT INTO change_log (changes, restricts) VALUES ('\\x{changes}', false);
{events}COMMIT;
\\endpipeline
"""
POST = """INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, created_at) VALUES (
(700000000000 + nextval('post_ids')) << 22 | (:a % 1024) << 12 | {n}, (:a % 1024), (300000000000 + :a) << 22 | (:a % 1024) << 12,
(700000000000 + currval('post_ids')) << 22 | (:a % 1024) << 12 | {n}, 3, 0, '{text}', 1736000000000);
"""
EVENT = """INSERT INTO outbox (topic, kind, key, subject, object, position, flags, occurred_at) VALUES (
1, 1, (300000000000 + :a) << 22, 600000000000, 0, 600000000000, 0, 1736000000000);
"""


class PostgreSQL(Process):
    def __init__(self, folder):
        self.folder, port = folder, free_port()
        programs = os.path.dirname(sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))[-1])
        user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self.data = f"{folder}/data"
        if user:
            shutil.chown(folder, "postgres", "postgres")
        subprocess.run(
            [*user, f"{programs}/initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8"],
            stdout=subprocess.DEVNULL, cwd=folder, check=True)
        super().__init__(
            [*user, f"{programs}/postgres", "-D", self.data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
             "-c", "unix_socket_directories=", "-c", "shared_buffers=1GB", "-c", "jit=off", "-c", "max_wal_size=4GB",
             "-c", "default_transaction_isolation=serializable", "-c", "enable_seqscan=off"], folder, "postgres", port)
        wait_for_port(port)

    def sql(self, text):
        return subprocess.run(
            ["psql", "-qAt", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "postgres"],
            input=text, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    def bench(self, name, text, clients=8, seconds=8, isolation="serializable"):
        """Server CPU in seconds, WAL bytes, transactions, and seconds."""
        settings = f"-c default_transaction_isolation={isolation} -c plan_cache_mode=force_generic_plan"
        path = f"{self.folder}/{name}.sql"
        with open(path, "w") as file:
            file.write(text)
        before, wal = self.cpu_seconds(), self.sql("SELECT pg_current_wal_lsn()")
        out = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-c",
             str(clients), "-j", "1", "-T", str(seconds), "--max-tries", "10", "-f", path, "postgres"],
            capture_output=True, text=True, check=True, env=os.environ | {"PGOPTIONS": settings}).stdout
        count = int(re.search(r"actually processed: (\d+)", out).group(1))
        written = int(self.sql(f"SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '{wal}')"))
        return self.cpu_seconds() - before, written, count, seconds

    def stop(self, how=signal.SIGINT):
        try:
            with open(f"{self.data}/postmaster.pid") as file:
                os.kill(int(file.readline()), how)
        except OSError:
            pass
        self.process.wait(30)


def postgresql_schema():
    parts = {f"{name}_part": f" PARTITION BY HASH ({column})" for name, column in PARTITIONED.items() if column}
    made = "".join(PARTITIONS.format(table=name) for name, column in PARTITIONED.items() if column)
    return SCHEMA.format(posts_key=", PRIMARY KEY (id, bucket)", **parts) + made


def postgresql_costs(folder, posts):
    with PostgreSQL(folder) as server:
        server.sql(postgresql_schema() + "CREATE SEQUENCE post_ids;")
        server.sql(FILL.format(posts=posts))
        server.sql("VACUUM ANALYZE;")
        for table, per in [("posts", "posts"), ("post_counters", "post_counters"), ("following", "following"),
                           ("followers", "followers"), ("outbox", "outbox")]:
            size = server.sql(
                f"SELECT sum(pg_table_size(oid)), sum(pg_indexes_size(oid)) FROM pg_class WHERE relkind = 'r' AND "
                f"relname ~ '^{table}(_[0-9]+)?$'")
            heap, indexes = (int(part) for part in size.split("|"))
            rows = int(server.sql(f"SELECT count(*) FROM {per}"))
            note(f"row of {table}, of it indexes {indexes / rows:.0f}", (heap + indexes) / rows, "bytes")
        for batch in (1, 16, 64):
            rows = "".join(POST.format(n=n % 4096, text="post " * 60) for n in range(batch))
            text = PUBLISH.format(rows=rows, changes="01" * 26 * batch, events=EVENT * batch, milliseconds=1)
            cpu, wal, count, seconds = server.bench(f"publish{batch}", text)
            note(f"publish, {batch} a commit", count * batch / seconds, "posts/s")
            note(f"  server CPU, {batch} a commit", cpu / count / batch * 1e6, "µs a post")
            note(f"  WAL, {batch} a commit", wal / count / batch, "bytes a post")
        alone = server.bench("order", PUBLISH.format(rows="", changes="01", events="", milliseconds=1), clients=4, seconds=10)
        note("commits one after the other (lock, one row, fsync)", alone[2] / alone[3], "commits/s")
        last = posts - 1
        page = """\\set a random(1, {last})
SELECT p.id, p.bucket, p.author_id, p.position, p.state, p.visibility, p.content, p.created_at FROM
unnest(ARRAY[{ids}]::bigint[]) AS list(value) JOIN posts p ON p.id = list.value AND p.bucket = ((list.value >> 12) & 1023);
"""
        ids = ", ".join(
            f"(600000000000 + (:a::bigint + {n} * 3571) % {last} + 1) << 22 | ((((:a::bigint + {n} * 3571) % {last} + 1) * 7919) % 20000 % 1024) << 12 | 1"
            for n in range(20))
        cpu, _, count, seconds = server.bench("page", page.format(last=last, ids=ids), seconds=6, isolation="read\\ committed")
        note("20 posts by id", cpu / count * 1e6, "µs of server CPU")


def sqlite_costs(folder, posts):
    path = f"{folder}/size.sqlite"
    store = sqlite3.connect(path)
    plain = SCHEMA.format(
        posts_key=", PRIMARY KEY (id)", posts_part="", following_part=" WITHOUT ROWID", followers_part=" WITHOUT ROWID")
    plain = plain.replace("id BIGINT NOT NULL, bucket", "id BIGINT NOT NULL, bucket").split("CREATE TABLE outbox")[0]
    store.executescript(plain.replace("CREATE SEQUENCE log_offsets;", ""))

    def size():
        store.commit()
        return os.path.getsize(path)
    empty = size()
    numbers = random.Random(1)
    for n in range(posts):
        author = numbers.randrange(20_000)
        bucket = author % 1024
        post = (600_000_000_000 + n) << 22 | bucket << 12
        store.execute(
            "INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, created_at) VALUES "
            "(?, ?, ?, ?, 3, 0, ?, ?)", (post, bucket, (300_000_000_000 + author) << 22, post, "x" * 300, START + n))
        store.execute("INSERT INTO post_counters (post_id) VALUES (?)", (post,))
    filled = size()
    note("SQLite: post with counters", (filled - empty) / posts, "bytes")
    for n in range(posts):
        pair = [(300_000_000_000 + numbers.randrange(20_000)) << 22 for _ in range(2)]
        store.execute("INSERT OR IGNORE INTO following VALUES (?, ?, ?)", (*pair, n << 22))
        store.execute("INSERT OR IGNORE INTO followers VALUES (?, ?, ?)", (*reversed(pair), n << 22))
    note("SQLite: follow, both directions", (size() - filled) / posts, "bytes")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--part", choices=["redis", "postgresql", "sqlite"])
    options.add_argument("--posts", type=int, default=300_000)
    chosen = options.parse_args()
    parts = {
        "redis": redis_costs, "postgresql": lambda folder: postgresql_costs(folder, chosen.posts),
        "sqlite": lambda folder: sqlite_costs(folder, chosen.posts)}
    for name, measure in parts.items():
        if chosen.part in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                os.chmod(folder, 0o755)
                measure(folder)
    tables.show(["what", "figure", "unit"], lines)


if __name__ == "__main__":
    main()
