"""A loopback OpenID Connect provider, as good or as hostile as a test wants. It signs by its own code, not by ours."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from flask import Flask, Response, request
from werkzeug.serving import make_server

CLIENT, SECRET = "leafnotes", "a secret: of/the client&1"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # what must be refused
EC = ec.generate_private_key(ec.SECP256R1())
Change = Callable[[dict[str, Any]], object]


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def shown(key: Any, kid: str) -> dict[str, Any]:
    """A public key as a JWKS shows it."""
    public = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "kid": kid, "use": "sig", "n": number(public.n), "e": number(public.e)}
    return {
        "kty": "EC", "kid": kid, "crv": "P-256",
        "x": b64(public.x.to_bytes(32, "big")), "y": b64(public.y.to_bytes(32, "big")),
    }  # fmt: skip


def signature(alg: str, key: Any, said: bytes) -> bytes:
    if alg == "RS256":
        return bytes(key.sign(said, padding.PKCS1v15(), hashes.SHA256()))
    if alg == "ES256":
        r, s = decode_dss_signature(key.sign(said, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if alg == "HS256":  # with the public key as the secret, which everybody knows
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return hmac.new(key.public_key().public_bytes(serialization.Encoding.PEM, form), said, "sha256").digest()
    return b""


class Provider:
    """One provider. What a test changes is said of each answer: `discovery`, `header`, `claims`, `tokens`, `userinfo`
    are applied to what an honest one would say; `status` is what an endpoint answers instead of 200, `slow` an endpoint
    that trickles, `huge` one that does not end."""

    def __init__(self, *, alg: str = "RS256", key: Any = None, kid: str = "one") -> None:
        self.alg, self.kid = alg, kid
        self.key = key or {"RS256": RSA, "ES256": EC}.get(alg, RSA)
        self.keys = [shown(self.key, kid)]
        self.person: dict[str, Any] = {"sub": "f3-88", "email": "Kit@Rosta.example", "email_verified": True}
        self.discovery: Change = lambda _: None
        self.header: Change = lambda _: None
        self.claims: Change = lambda _: None
        self.tokens: Change = lambda _: None
        self.userinfo: dict[str, Any] | None = None
        self.status: dict[str, int] = {}
        self.slow = self.huge = ""
        self.asked: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.logins: dict[str, dict[str, str]] = {}
        self.over = threading.Event()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/realms/staff"

    def __enter__(self) -> Self:
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def visit(self, address: str) -> dict[str, str]:
        """Somebody opens the address that they were sent to, and signs in there: what they come back with."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.logins)}"
        self.logins[code] = asked
        return {"code": code, "state": asked["state"]}

    def _app(self) -> Flask:
        app = Flask("provider")
        base = "/realms/staff"
        app.add_url_rule(
            f"{base}/.well-known/openid-configuration", "discovery", lambda: self._say("discovery", self._document)
        )
        app.add_url_rule(f"{base}/keys", "keys", lambda: self._say("keys", lambda: {"keys": self.keys}))
        app.add_url_rule(f"{base}/token", "token", lambda: self._say("token", self._redeem), methods=["POST"])
        app.add_url_rule(f"{base}/userinfo", "userinfo", lambda: self._say("userinfo", self._told))
        return app

    def _say(self, name: str, what: Callable[[], Any]) -> Response:
        self.asked.append(name)
        if name in self.status:
            return Response("trouble", self.status[name])
        if name in (self.slow, self.huge):
            return Response(self._drip(fast=name == self.huge), mimetype="application/json")
        return Response(json.dumps(what()), mimetype="application/json")

    def _drip(self, *, fast: bool) -> Any:
        while not self.over.wait(0 if fast else 0.05):
            yield b" " * (64 * 1024 if fast else 1)

    def _document(self) -> dict[str, Any]:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth?theme=plain",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": [self.alg],
        }
        self.discovery(document)
        return document

    def _redeem(self) -> dict[str, Any]:
        form = request.form.to_dict()
        self.forms.append(form)
        asked = self.logins.pop(form["code"])
        digest = b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        assert (asked["code_challenge_method"], asked["code_challenge"]) == ("S256", digest)
        assert form["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.person
        }  # fmt: skip
        self.claims(claims)
        answer = {"id_token": self.sign(claims), "access_token": "an access token", "token_type": "Bearer"}
        self.tokens(answer)
        return answer

    def sign(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.alg, "kid": self.kid, "typ": "JWT"}
        self.header(header)
        said = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
        return f"{said}.{b64(signature(header.get('alg', ''), self.key, said.encode()))}"

    def _told(self) -> dict[str, Any]:
        assert request.headers["Authorization"] == "Bearer an access token"
        return self.userinfo or {}
