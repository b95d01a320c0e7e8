"""The gateways that are compared. Each is started with keep-alive on both sides and two backends."""
import json

from . import jvm
from .processes import await_true, cores, free_port, free_ports, listens, tool

BODY = '{"id":12345,"name":"widget","price":19.99,"stock":42,"tags":["a","b","c"]}'
SERVICE = "backend"


class Subject:
    """A proxy under measurement: its process, and the URL, wrk script and connections (None: the run's) of its load."""

    def __init__(self, name, process, url, management=None):
        self.name, self.process, self.url, self.management = name, process, url, management
        self.script, self.connections = None, None


def backends(lab, count=2):
    """One nginx on as many ports: small JSON, files of the scratch directory at /api/files.

    An upload is answered when all of it has come, which nginx does for a location that it passes on.
    """
    ports = free_ports(count)
    listen = "\n".join(f"  listen 127.0.0.1:{port} backlog=4096;" for port in ports)
    text = f"""daemon off; pid {lab.scratch}/backend.pid; error_log stderr crit; worker_processes 1;
worker_rlimit_nofile 65536;
events {{ worker_connections 16384; }}
http {{
 access_log off; keepalive_requests 100000000; keepalive_timeout 600;
 upstream sink {{ server unix:{lab.scratch}/sink; keepalive 64; keepalive_requests 100000000; }}
 server {{
{listen}
  default_type application/json; client_max_body_size 0; client_body_buffer_size 16m;
  location / {{ return 200 '{BODY}'; }}
  location /api/files/ {{ alias {lab.scratch}/; }}
  location /api/upload {{
   proxy_pass http://sink; proxy_http_version 1.1; proxy_set_header Connection "";
   proxy_pass_request_body off; proxy_set_header Content-Length "";
  }}
 }}
 server {{
  listen unix:{lab.scratch}/sink;
  default_type application/json;
  location / {{ return 200 '{BODY}'; }}
 }}
}}
"""
    process = lab.start("backend", [tool("nginx"), "-p", lab.scratch, "-c", lab.file("backend.conf", text)], cores()[1])
    await_true("the backend", lambda: listens(ports[-1]), process=process)
    return process, ports


def nginx(lab, ports):
    """One worker that streams uploads, as the others do."""
    port = free_port()
    servers = " ".join(f"server 127.0.0.1:{p};" for p in ports)
    text = f"""daemon off; pid {lab.scratch}/nginx.pid; error_log stderr crit; worker_processes 1;
events {{ worker_connections 32768; }}
http {{
 access_log off; keepalive_requests 100000000; keepalive_timeout 600;
 upstream backend {{ least_conn; {servers} keepalive 128; keepalive_requests 100000000; }}
 server {{
  listen 127.0.0.1:{port} backlog=4096;
  client_max_body_size 0;
  location / {{
   proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off; proxy_max_temp_file_size 0;
   proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  }}
 }}
}}
"""
    process = lab.start("nginx", [tool("nginx"), "-p", lab.scratch, "-c", lab.file("nginx.conf", text)])
    await_true("nginx", lambda: listens(port), process=process)
    return Subject("nginx", process, f"http://127.0.0.1:{port}/api/items")


def haproxy(lab, ports):
    port = free_port()
    servers = "\n".join(f"  server s{i} 127.0.0.1:{p}" for i, p in enumerate(ports))
    text = f"""global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:{port}
  default_backend out
backend out
  balance leastconn
  option forwardfor
  http-reuse always
{servers}
"""
    process = lab.start("haproxy", [tool("haproxy"), "-f", lab.file("haproxy.cfg", text)])
    await_true("haproxy", lambda: listens(port), process=process)
    return Subject("haproxy", process, f"http://127.0.0.1:{port}/api/items")


def raw(lab, ports, flags=None):
    """The barest proxy that reactor-netty allows: the ceiling of the framework."""
    port = free_port()
    command = [jvm.java(), *(flags or jvm.flags()), "-Dreactor.netty.ioWorkerCount=1",
               "-jar", jvm.peer_jar("raw"), str(port), *map(str, ports)]
    process = lab.start("raw", command)
    subject = Subject("raw", process, f"http://127.0.0.1:{port}/api/items")
    jvm.await_ready(process, subject.url)
    return subject


def stock(lab, ports, name="stock", properties=None, flags=None, path="/api/items", program=None, ready=jvm.await_ready):
    """Spring Cloud Gateway as its documentation sets it up, with what an operator may set.

    `program` is what follows the JVM's flags in place of `-jar` and the jar.
    """
    port = free_port()
    settings = {"server.port": port,
                "spring.cloud.discovery.client.simple.instances":
                    {SERVICE: [{"uri": f"http://127.0.0.1:{p}"} for p in ports]}}
    settings.update(properties or {})
    config = lab.file(f"{name}.yml", json.dumps(settings))
    process = lab.start(name, [jvm.java(), *(flags or jvm.flags()),
                               *(program or ["-jar", jvm.peer_jar("stock")]),
                               f"--spring.config.additional-location=file:{config}"])
    ready(process, f"http://127.0.0.1:{port}/actuator/health")
    return Subject(name, process, f"http://127.0.0.1:{port}{path}")


def tuned(lab, ports):
    """The same jar by properties alone: no Security, no observation, one loop (application-tuned.yml)."""
    flags = jvm.flags() + ["-Dreactor.netty.ioWorkerCount=1"]
    return stock(lab, ports, "tuned", {"spring.profiles.active": "tuned"}, flags)


def sluice(lab, ports, name="sluice", properties=None, flags=None, path="/api/items", program=None, ready=jvm.await_ready):
    """The packaged jar: one `lb://` route, Least Response Time, metrics on, access log off."""
    port, management = free_port(), free_port()
    settings = {
        "server.port": port,
        "management.server.port": management,
        "logging.level.sluice.access": "OFF",
        "sluice.upstreams": {SERVICE: {"algorithm": "least-response-time",
                                       "instances": [{"uri": f"http://127.0.0.1:{p}"} for p in ports]}},
        "spring.cloud.gateway.server.webflux.routes": [
            {"id": "api", "uri": f"lb://{SERVICE}", "predicates": ["Path=/api/**"]}],
    }
    settings.update(properties or {})
    config = lab.file(f"{name}.yml", json.dumps(settings))
    process = lab.start(name, [jvm.java(), *(flags or jvm.flags()),
                               *(program or ["-jar", jvm.sluice_jar()]),
                               f"--spring.config.additional-location=file:{config}"])
    ready(process, f"http://127.0.0.1:{port}/readyz")
    return Subject(name, process, f"http://127.0.0.1:{port}{path}", management=management)


BARE = {"sluice": sluice, "raw": raw, "stock": stock, "tuned": tuned, "nginx": nginx, "haproxy": haproxy}
