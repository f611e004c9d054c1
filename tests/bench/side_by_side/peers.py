"""Servers that people know, from Debian's packages, each set up in a folder of its own and reached by loopback."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess

from side_by_side.server import Server, Trouble

REDIS_PORT, POSTGRES_PORT, KAMAILIO_PORT = 7379, 7432, 7060

KAMAILIO_CONFIG = """#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=2
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
mpath="{modules}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("usrloc", "db_mode", 0)
modparam("rr", "enable_full_lr", 1)
request_route {{
  if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
  if (is_method("REGISTER")) {{ save("location"); exit; }}
  if (has_totag()) {{
    if (loose_route()) t_relay();
    exit;
  }}
  if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
  if (is_method("INVITE")) record_route();
  $du = "sip:{target}";
  t_relay();
}}
"""


def make(folder):
    """A folder through which PostgreSQL's user may pass."""
    folder.mkdir(parents=True)
    os.chmod(folder, 0o755)
    return folder


def installed(name, *more):
    """Some of Debian's servers are not on every PATH."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/bin", *more]))
    if not found:
        raise Trouble(f"{name} is not installed: tools/setup --with bench")
    return found


def start_kamailio(folder, target):
    """A stateful proxy that stays in the dialog and sends every new call to `target`; a registrar in memory."""
    modules = sorted(pathlib.Path("/usr/lib").glob("*/kamailio/modules"))
    if not modules:
        raise Trouble("Kamailio's modules are not installed: tools/setup --with bench")
    config = folder / "kamailio.cfg"
    config.write_text(KAMAILIO_CONFIG.format(port=KAMAILIO_PORT, modules=modules[0], target=target))
    server = Server("kamailio", [installed("kamailio"), "-DD", "-f", config, "-Y", folder, "-P", folder / "kamailio.pid", "-m", "256", "-M", "16"], folder)
    server.wait_until(lambda: f":{KAMAILIO_PORT:04X} " in pathlib.Path("/proc/net/udp").read_text(), "its port open")
    return server


def start_redis(folder):
    """Every answer is durable before it is sent."""
    data = folder / "redis"
    data.mkdir()
    server = Server("redis", [installed("redis-server"), "--port", REDIS_PORT, "--bind", "127.0.0.1", "--dir", data, "--appendonly", "yes",
                              "--appendfsync", "always", "--save", ""], folder)
    server.wait_until(lambda: "Ready to accept connections" in server.log(), "ready")
    return server, f"127.0.0.1:{REDIS_PORT}"


def start_postgres(folder):
    """With its default, synchronous commits. It refuses to run as root: then it runs as the user that Debian made for it."""
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        raise Trouble("PostgreSQL is not installed: tools/setup --with bench")
    data = folder / "postgres"
    data.mkdir()
    prefix, user = [], pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:
        user = "postgres"
        entry = pwd.getpwnam(user)
        os.chown(data, entry.pw_uid, entry.pw_gid)
        prefix = ["setpriv", f"--reuid={user}", f"--regid={entry.pw_gid}", "--clear-groups"]
    made = subprocess.run([*prefix, programs[-1] / "initdb", "-D", data / "data", "-A", "trust", "-E", "UTF8", "--no-instructions"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", check=False)
    if made.returncode != 0:
        raise Trouble(f"initdb: {made.stderr}")
    server = Server("postgres", [*prefix, programs[-1] / "postgres", "-D", data / "data", "-p", POSTGRES_PORT, "-k", data, "-c",
                                 "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=512MB"], folder, cwd="/", end_signal=signal.SIGINT)
    server.wait_until(lambda: "ready to accept connections" in server.log(), "ready")
    return server, f"host=127.0.0.1 port={POSTGRES_PORT} user={user} dbname=postgres"
