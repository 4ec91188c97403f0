"""Servers to compare with, from Debian, each on a port and in a folder of its own."""
import csv
import glob
import heapq
import os
import pwd
import random
import shutil
import signal
import subprocess
from collections import defaultdict

from .processes import Process, free_port, wait_for_port

HOME_ENTRIES = 800


class Dataset:
    """The community of a Starling store by dense numbers from 0: users, follows, posts oldest first, home timelines."""

    def __init__(self, community):
        users = community.query("SELECT id, username FROM users ORDER BY id")
        place = {account: index for index, (account, _) in enumerate(users)}
        self.names = [name for _, name in users]
        self.follows = [
            (place[follower], place[followee])
            for follower, followee in community.query("SELECT follower_id, followee_id FROM following")]
        rows = community.query("SELECT author_id, created_at, content FROM posts ORDER BY position")
        self.posts = [(place[author], created, content) for author, created, content in rows]

    def homes(self):
        """For each user the newest posts of those they follow, newest first."""
        by_author, followees = defaultdict(list), defaultdict(list)
        for post in range(len(self.posts) - 1, -1, -1):
            by_author[self.posts[post][0]].append(post)
        for follower, followee in self.follows:
            followees[follower].append(followee)
        return [
            heapq.nlargest(HOME_ENTRIES, (post for author in followees[user] for post in by_author[author][:HOME_ENTRIES]))
            for user in range(len(self.names))]


def nginx(folder, path, content):
    """Serves `content` as a static file at `path`."""
    port = free_port()
    os.makedirs(os.path.dirname(f"{folder}/root{path}"), exist_ok=True)
    with open(f"{folder}/root{path}", "wb") as file:
        file.write(content)
    temporary = "".join(
        f"    {kind}_temp_path {folder}/temp;\n" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    with open(f"{folder}/nginx.conf", "w") as file:
        file.write(
            f"user {pwd.getpwuid(os.getuid()).pw_name};\nworker_processes auto;\ndaemon off;\npid {folder}/nginx.pid;\n"
            "events { worker_connections 1024; }\nhttp {\n" + temporary +
            "    access_log off;\n    sendfile on;\n    tcp_nopush on;\n    keepalive_requests 1000000000;\n"
            "    open_file_cache max=16 inactive=1h;\n    open_file_cache_valid 1h;\n    default_type application/json;\n"
            f"    server {{ listen 127.0.0.1:{port}; root {folder}/root; }}\n}}\n")
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    server = Process(
        [program, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/nginx-error.log", "-p", folder], folder, "nginx", port)
    wait_for_port(port)
    return server


def redis(folder, dataset, homes):
    """Holds every post as a string and every home timeline as a sorted set."""
    port = free_port()
    server = Process(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
        folder, "redis", port)
    wait_for_port(port)
    with open(f"{folder}/redis.load", "wb") as file:
        for index, (author, created, content) in enumerate(dataset.posts):
            value = f'{{"post_id":"{index}","author":"{dataset.names[author]}","at":{created},"content":"{content}"}}'
            file.write(resp("SET", f"post:{index:012d}", value))
        for user, posts in enumerate(homes):
            pairs = [part for post in posts for part in (str(post), f"{post:012d}")]
            if pairs:
                file.write(resp("ZADD", f"home:{user:012d}", *pairs))
    with open(f"{folder}/redis.load") as file:
        subprocess.run(["redis-cli", "-p", str(port), "--pipe"], stdin=file, stdout=subprocess.DEVNULL, check=True)
    return server


def redis_deliveries(folder, users, posts, count=200_000):
    """A file of commands that bring new posts into random home timelines; returns its path and how many deliveries."""
    numbers = random.Random(1)
    path = f"{folder}/redis.deliveries"
    with open(path, "wb") as file:
        for delivery in range(count):
            home, post = f"home:{numbers.randrange(users):012d}", posts + delivery // 50
            file.write(resp("ZADD", home, str(post), f"{post:012d}"))
            file.write(resp("ZREMRANGEBYRANK", home, "0", str(-HOME_ENTRIES - 1)))
    return path, count


def resp(*parts):
    """A command in Redis's protocol."""
    encoded = [part.encode() for part in parts]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in encoded)


class PostgreSQL(Process):
    """A cluster with the community in it: tables `users`, `follows`, `posts` and `home`."""

    PULL = """\\set viewer random(0, {last})
SELECT p.id, p.created_at, p.content, u.username FROM (
    SELECT n.id FROM follows f
    JOIN LATERAL (SELECT id FROM posts WHERE author = f.followee ORDER BY id DESC LIMIT 20) n ON true
    WHERE f.follower = :viewer ORDER BY n.id DESC LIMIT 20) newest
JOIN posts p ON p.id = newest.id JOIN users u ON u.id = p.author ORDER BY p.id DESC;
"""
    SCAN = """\\set viewer random(0, {last})
SELECT p.id, p.created_at, p.content, u.username FROM posts p JOIN users u ON u.id = p.author
WHERE p.author IN (SELECT followee FROM follows WHERE follower = :viewer) ORDER BY p.id DESC LIMIT 20;
"""
    HOME = """\\set viewer random(0, {last})
SELECT p.id, p.created_at, p.content, u.username FROM home h JOIN posts p ON p.id = h.post
JOIN users u ON u.id = p.author WHERE h.viewer = :viewer ORDER BY h.post DESC LIMIT 20;
"""
    SCHEMA = """
CREATE TABLE users (id int PRIMARY KEY, username text NOT NULL);
CREATE TABLE follows (follower int NOT NULL, followee int NOT NULL, PRIMARY KEY (follower, followee));
CREATE TABLE posts (id int PRIMARY KEY, author int NOT NULL, created_at bigint NOT NULL, content text NOT NULL);
CREATE TABLE home (viewer int NOT NULL, post int NOT NULL);
\\copy users FROM users.csv CSV
\\copy follows FROM follows.csv CSV
\\copy posts FROM posts.csv CSV
\\copy home FROM home.csv CSV
CREATE INDEX ON posts (author, id);
ALTER TABLE home ADD PRIMARY KEY (viewer, post);
VACUUM ANALYZE;
"""

    def __init__(self, folder, dataset, homes):
        self.folder, port = folder, free_port()
        programs = os.path.dirname(sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))[-1])
        # PostgreSQL refuses to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self.data = f"{folder}/data"
        if self.user:
            shutil.chown(folder, "postgres", "postgres")
        subprocess.run(
            [*self.user, f"{programs}/initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8"],
            stdout=subprocess.DEVNULL, cwd=folder, check=True)
        super().__init__(
            [*self.user, f"{programs}/postgres", "-D", self.data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
             "-c", "unix_socket_directories=", "-c", "shared_buffers=512MB", "-c", "jit=off"], folder, "postgres", port)
        try:
            wait_for_port(port)
            self.load(dataset, homes)
        except BaseException:
            self.stop()
            raise

    def load(self, dataset, homes):
        tables = {
            "users": enumerate(dataset.names), "follows": dataset.follows,
            "posts": ((index, *post) for index, post in enumerate(dataset.posts)),
            "home": ((user, post) for user, posts in enumerate(homes) for post in posts)}
        for name, rows in tables.items():
            with open(f"{self.folder}/{name}.csv", "w", newline="") as file:
                csv.writer(file).writerows(rows)
        with open(f"{self.folder}/schema.sql", "w") as file:
            file.write(self.SCHEMA)
        for name in ["PULL", "SCAN", "HOME"]:
            with open(f"{self.folder}/{name.lower()}.sql", "w") as file:
                file.write(getattr(self, name).format(last=len(dataset.names) - 1))
        subprocess.run(
            ["psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-f",
             "schema.sql", "postgres"], cwd=self.folder, check=True)

    def script(self, name):
        return f"{self.folder}/{name}.sql"

    def stop(self, how=signal.SIGINT):
        """Ends the postmaster itself, which `runuser` would not pass a signal on to, fast."""
        try:
            with open(f"{self.data}/postmaster.pid") as file:
                os.kill(int(file.readline()), how)
        except OSError:
            pass
        self.process.wait(30)
