"""Many open event streams, read by one process through epoll."""
import selectors
import socket
import time



class Streams:
    """Open streams, one of each token."""

    def __init__(self, port):
        self.port, self.selector, self.open = port, selectors.EpollSelector(), []

    def add(self, tokens):
        """Opens one stream for each token, and waits until all have begun."""
        waiting = set()
        for token in tokens:
            link = socket.create_connection(("127.0.0.1", self.port))
            link.sendall(f"GET /v1/stream HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            link.setblocking(False)
            self.selector.register(link, selectors.EVENT_READ)
            self.open.append(link)
            waiting.add(link)
            if len(waiting) >= 200:
                self.wait(waiting, b"\n\n")
        self.wait(waiting, b"\n\n")

    def wait(self, waiting, text, seconds=60):
        """Reads until each of `waiting` was sent `text`; returns when each was, by the monotonic clock."""
        times, deadline = {}, time.monotonic() + seconds
        while waiting:
            for key, _ in self.selector.select(timeout=1):
                block = key.fileobj.recv(1 << 16)
                if not block or block.startswith(b"HTTP/1.1 4") or block.startswith(b"HTTP/1.1 5"):
                    raise SystemExit(f"A stream ended: {block[:300]}")
                if key.fileobj in waiting and text in block:
                    times[key.fileobj] = time.monotonic()
                    waiting.discard(key.fileobj)
            if time.monotonic() > deadline:
                raise SystemExit(f"{len(waiting)} streams were not told within {seconds} s.")
        return times

    def close(self):
        for link in self.open:
            link.close()
        self.selector.close()
