"""A name server for one name, whose addresses the measurement changes as it goes (RFC 1035)."""
import socket
import struct
import threading


class NameServer(threading.Thread):
    """Answers every question for an A record with all current addresses, a second to live, and others with none."""

    def __init__(self, addresses):
        super().__init__(daemon=True)
        self.addresses = list(addresses)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            query, client = self.socket.recvfrom(512)
            self.socket.sendto(self._answer(query), client)

    def _answer(self, query):
        end = query.index(b"\0", 12) + 5
        wants_address = query[end - 4:end - 2] == b"\0\1"
        addresses = self.addresses if wants_address else []
        head = query[:2] + struct.pack(">5H", 0x8180, 1, len(addresses), 0, 0)
        records = [b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 1, 4) + socket.inet_aton(a) for a in addresses]
        return head + query[12:end] + b"".join(records)
