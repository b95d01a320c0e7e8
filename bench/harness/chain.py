"""The full chain: a token (RS256), a limit by user in Redis, balancing, metrics; Sluice writes its access log too."""
import base64
import json
import os
import subprocess
import time

from .processes import await_true, cores, free_port, listens, tool
from .subjects import SERVICE, sluice, stock

TOKENS, ISSUER = 100, "https://id.test/"
PLENTY = 1_000_000
SCRIPT = """
local requests, turn = {}, 0
function init(arguments)
  for token in io.lines("%s") do
    wrk.headers["Authorization"] = "Bearer " .. token
    requests[#requests + 1] = wrk.format("GET")
  end
end
function request()
  turn = turn %% #requests + 1
  return requests[turn]
end
"""


def _part(value):
    return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=")


def _token(key, number):
    claims = {"iss": ISSUER, "sub": f"00000000-0000-4000-8000-{number:012}", "aud": ["orders-api", "account"],
              "jti": f"10000000-0000-4000-8000-{number:012}", "iat": int(time.time()), "exp": int(time.time()) + 36000,
              "scope": "openid profile orders.read", "realm_access": {"roles": ["user", "offline_access"]}}
    signed = _part({"alg": "RS256", "typ": "JWT"}) + b"." + _part(claims)
    signature = subprocess.run([tool("openssl"), "dgst", "-sha256", "-sign", key], input=signed,
                               capture_output=True, check=True).stdout
    return (signed + b"." + _part(signature)).decode()


class Identity:
    """A key pair and wrk's script that sends its tokens in turn."""

    def __init__(self, lab):
        key = os.path.join(lab.scratch, "key.pem")
        self.public_key = os.path.join(lab.scratch, "public.pem")
        subprocess.run([tool("openssl"), "genpkey", "-algorithm", "RSA", "-out", key], capture_output=True, check=True)
        subprocess.run([tool("openssl"), "pkey", "-in", key, "-pubout", "-out", self.public_key], check=True)
        tokens = lab.file("tokens", "".join(_token(key, i) + "\n" for i in range(TOKENS)))
        self.script = lab.file("tokens.lua", SCRIPT % tokens)


def redis(lab):
    """A Redis on the generator's core; its port."""
    port = free_port()
    command = [tool("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = lab.start("redis", command, cores()[1])
    await_true("redis", lambda: listens(port), process=process)
    return port


class Chains:
    """Both gateways with the full chain, on one Redis and one set of tokens, which are made when first needed."""

    def __init__(self, lab):
        self.lab, self.parts = lab, None

    def _ready(self):
        if self.parts is None:
            self.parts = Identity(self.lab), redis(self.lab)
        return self.parts

    def sluice(self, lab, ports):
        identity, store = self._ready()
        subject = sluice(lab, ports, "chain", {
            "logging.level.sluice.access": "INFO",
            "spring.data.redis.url": f"redis://127.0.0.1:{store}",
            "sluice.auth.issuers": [{"issuer": ISSUER, "public-key-location": f"file:{identity.public_key}",
                                     "audiences": ["orders-api"], "algorithms": ["RS256"]}],
            "sluice.rate-limits.user": {"key": "user", "capacity": PLENTY, "refill-tokens": PLENTY,
                                        "refill-period": "1s"},
            "spring.cloud.gateway.server.webflux.routes": [
                {"id": "api", "uri": f"lb://{SERVICE}", "predicates": ["Path=/api/**"],
                 "filters": ["JwtAuth=orders.read", "RateLimit=user"]}]})
        subject.script = identity.script
        return subject

    def stock(self, lab, ports):
        identity, store = self._ready()
        subject = stock(lab, ports, "stock-chain", {
            "peer.security": "jwt",
            "spring.data.redis.url": f"redis://127.0.0.1:{store}",
            "spring.security.oauth2.resourceserver.jwt.public-key-location": f"file:{identity.public_key}",
            "spring.security.oauth2.resourceserver.jwt.audiences": "orders-api"}, path="/limited/items")
        subject.script = identity.script
        return subject
