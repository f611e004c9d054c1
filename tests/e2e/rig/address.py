"""Loopback addresses of one case: fixed ports on addresses of its own cannot collide with another case."""
import random
import socket

GUARD_PORT = 47100
BLOCK = 16


class Addresses:
    """A block of addresses in 127.0.0.0/8. A guard socket on the first one holds it while the case runs."""

    def __init__(self):
        chance = random.SystemRandom()
        for _ in range(1000):
            first = (127 << 24) + chance.randrange(1 << 16, 1 << 24, BLOCK)
            guard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                guard.bind((text_of(first + 1), GUARD_PORT))
            except OSError:
                guard.close()
                continue
            self.first, self.guard = first, guard
            return
        raise OSError("no free block of loopback addresses")

    def __getitem__(self, place):
        """The address at that place: 0 to 13."""
        assert 0 <= place < BLOCK - 2
        return text_of(self.first + 1 + place)

    def close(self):
        self.guard.close()


def text_of(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def free_port(address, count=1):
    """A port that is free now for UDP and TCP, and the next `count` - 1 too: for addresses that others use as well."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    chance = random.SystemRandom()
    for _ in range(1000):
        port = chance.randrange(20000, 32000)
        try:
            for offset in range(count):
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    with socket.socket(family, kind) as probe:
                        probe.bind((address, port + offset))
            return port
        except OSError:
            continue
    raise OSError(f"no free port at {address}")
