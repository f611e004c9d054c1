"""A real phone: baresip, driven and watched over its control socket."""
import json
import socket
import threading
import time

from rig import programs
from rig.outcome import Failure

CONFIG = """\
poll_method epoll
sip_listen {address}:{port}
net_interface {address}
call_local_timeout 300
call_max_calls 4
audio_player aubridge,nil
audio_source aubridge,nil
audio_alert aubridge,nil
audio_buffer 20-160
rtp_ports {rtp_first}-{rtp_last}
module_path {modules}
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {address}:{control_port}
"""
MODULES = "/usr/lib/baresip/modules"


class Baresip:
    """`answers`: takes every call at once; otherwise it rings until told. Takes three ports: SIP over UDP and TCP, over TLS,
    control."""

    def __init__(self, site, extension, password, proxy, domain, answers=True, expires_s=300, transport="udp",
                 registered=True):
        self.extension = extension
        port = site.port()
        folder = site.folder / f"baresip-{extension}-{port}"
        folder.mkdir()
        address = site.phones
        (folder / "config").write_text(CONFIG.format(address=address, port=port, control_port=port + 2, modules=MODULES,
                                                     rtp_first=20000 + 4 * port, rtp_last=20000 + 4 * port + 14))
        (folder / "accounts").write_text(
            f"<sip:{extension}@{domain};transport={transport}>;auth_user={extension};auth_pass={password};"
            f"answermode={'auto' if answers else 'manual'};outbound=\"sip:{proxy};transport={transport}\";"
            f"regint={expires_s}\n")
        (folder / "contacts").write_text("")
        self.events = []
        self.changed = threading.Condition()
        self.process = site.start(f"baresip-{extension}-{port}", [programs.installed("baresip"), "-f", folder, "-v"])
        self.control = self.connect(address, port + 2)
        threading.Thread(target=self.read, daemon=True).start()
        if registered:
            self.wait_registered()

    def connect(self, address, port):
        end = time.monotonic() + 20
        while True:
            try:
                return socket.create_connection((address, port), 5)
            except OSError:
                if time.monotonic() > end or not self.process.alive():
                    raise Failure(f"baresip {self.extension} does not open its control port") from None
                time.sleep(0.05)

    def read(self):
        self.control.settimeout(None)
        rest = b""
        while True:
            try:
                got = self.control.recv(65536)
            except OSError:
                got = b""
            if not got:
                return
            rest += got
            while True:
                length, colon, after = rest.partition(b":")
                if not colon or len(after) <= int(length):
                    break
                message, rest = after[:int(length)], after[int(length) + 1:]
                with self.changed:
                    self.events.append(json.loads(message.decode(errors="replace")))
                    self.changed.notify_all()

    def mark(self):
        with self.changed:
            return len(self.events)

    def wait_event(self, kind, after=0, timeout_s=30):
        """The first event of that type from the place `after` on."""
        end = time.monotonic() + timeout_s
        with self.changed:
            while True:
                for event in self.events[after:]:
                    if event.get("type") == kind:
                        return event
                left = end - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    seen = [event.get("type") for event in self.events if event.get("event")]
                    raise Failure(f"baresip {self.extension}: no {kind} within {timeout_s} s; events: {seen}")

    def count(self, kind):
        with self.changed:
            return sum(event.get("type") == kind for event in self.events)

    def say(self, command, parameters=""):
        """A command and its answer."""
        after = self.mark()
        message = json.dumps({"command": command, "params": parameters, "token": "case"}).encode()
        self.control.sendall(b"%d:%s," % (len(message), message))
        end = time.monotonic() + 10
        with self.changed:
            while True:
                for event in self.events[after:]:
                    if event.get("response"):
                        return event.get("data", "")
                left = end - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    raise Failure(f"baresip {self.extension} does not answer {command}")

    def wait_registered(self, timeout_s=30):
        """The socket opens after the first REGISTER may have been answered, so the state is asked for."""
        end = time.monotonic() + timeout_s
        while "OK" not in self.say("reginfo"):
            if time.monotonic() > end:
                raise Failure(f"baresip {self.extension} is not registered: {self.say('reginfo')}")
            time.sleep(0.1)

    def ring(self, after=0, timeout_s=30):
        return self.wait_event("CALL_INCOMING", after, timeout_s)

    def accept(self):
        self.say("accept")

    def hang_up(self):
        """Ends its call; a ringing one is refused."""
        self.say("hangup")

    def unregister(self):
        """As when the phone is switched off in order."""
        self.process.terminate(40)

    def kill(self):
        """As when the phone loses its power."""
        self.process.kill()
