"""Child processes, their processor time, free ports."""
import os
import signal
import socket
import subprocess
import sys
import time

# Told to end, a script takes down what it started, as it does when interrupted.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit(f"Nothing answers on port {port} after {seconds} s.")
            time.sleep(0.01)


def cpu_seconds(root):
    """Processor time of a process, of those it started, and of those among them that have ended."""
    parents, used = {}, {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(name)] = int(fields[1])
        used[int(name)] = sum(int(ticks) for ticks in fields[11:15]) / TICKS
    family, grows = {root}, True
    while grows:
        children = {pid for pid, parent in parents.items() if parent in family} - family
        family |= children
        grows = bool(children)
    return sum(used.get(pid, 0) for pid in family)


class Process:
    """A server started here. It is stopped by its own id, whatever becomes of the script."""

    def __init__(self, arguments, folder, name, port=None):
        self.port = port
        self.log = os.path.join(folder, name + ".log")
        self.started_at = time.monotonic()
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(arguments, stdout=log, stderr=log, cwd=folder)
        self.pid = self.process.pid

    def cpu_seconds(self):
        return cpu_seconds(self.pid)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
