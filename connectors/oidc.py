"""Signing in with an OpenID Connect provider: the authorization code flow with PKCE, state and nonce.

Of all that comes back only the ID token is believed, and only where the provider's own key signed it (RS256 or ES256),
for us, a moment ago, for this very attempt (OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; RFC 7636; RFC 9207).
The provider is found by its discovery document, which is read from the issuer that the operator wrote; it may name
addresses on other hosts, as Google's does, but none that are less safe than the issuer's own.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from connectors.deadline import within
from connectors.errors import SourceError
from connectors.http import Http, HttpError

T = TypeVar("T")

KEY_TYPES: Final = {"RS256": "RSA", "ES256": "EC"}
"""The algorithms that are believed, each with the only kind of key that it may be checked with."""
SHORTEST_RSA: Final = 2048
PATIENCE: Final = 10.0
"""Seconds for everything that one sign-in asks of the provider."""
MAX_BYTES: Final = 512 * 1024
LONGEST_TOKEN: Final = 32 * 1024
LONGEST_CODE: Final = 4096
SKEW: Final = 60.0
"""Seconds by which the provider's clock may differ."""
KEPT: Final = 3600.0
"""Seconds for which the discovery document and the keys are kept."""
SCOPE: Final = "openid email"
WELL_KNOWN: Final = ".well-known/openid-configuration"
MISSING: Final = "Signing in with a provider needs pyjwt: install leafnotes with the extra `oidc`."


class SignInFailed(SourceError):
    """Nobody was signed in; the text says why, for the log. `away`: the provider could not be asked, so that trying
    again may help."""

    def __init__(self, message: str, *, away: bool = False) -> None:
        super().__init__(message, permanent=not away)
        self.away = away


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Us, as the provider knows us."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a browser keeps while its person is away at the provider."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the provider knows. `email` is None unless the provider says that it was verified."""

    subject: str
    email: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and when it was read."""

    read_at: float
    document: Mapping[str, Any]
    keys: Sequence[Mapping[str, Any]]


class Provider:
    """One provider. `patience` is in seconds; `clock` tells how old what is kept is."""

    def __init__(
        self, client: Client, *, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Raises `SourceError` where the issuer's address cannot be used or the library is missing."""
        try:
            import jwt  # 20 MB, and only who signs in with a provider needs it
        except ImportError:
            raise SourceError(MISSING, permanent=True) from None
        self._jwt = jwt
        self.client = client
        self._patience = patience
        self._clock = clock
        self._kept: _Known | None = None
        self._open(client.issuer).close()

    def begin(self) -> tuple[str, Attempt]:
        """The address at which the person signs in, and what their browser has to keep. Raises `SignInFailed`."""
        attempt = Attempt(
            state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48)
        )
        where = self._address(self._in_time(self._discovered).document, "authorization_endpoint")
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}", attempt

    def finish(self, attempt: Attempt, given: Mapping[str, str]) -> Identity:
        """Who came back from the provider with these parameters. Raises `SignInFailed`."""
        if not compare_digest(given.get("state", "").encode(), attempt.state.encode()):
            raise SignInFailed("the state is not that of this browser's attempt")
        return self._in_time(lambda: self._finish(attempt, given))

    def check(self) -> list[str]:
        """Asks the provider once; problems that an operator should know, each with its remedy."""
        try:
            known = self._in_time(self._discovered)
            for name in ("authorization_endpoint", "token_endpoint"):
                self._address(known.document, name)
        except SignInFailed as error:
            remedy = "" if "`issuer`" in str(error) else ". Is `issuer` right, and can this machine reach it?"
            return [f"{error}{remedy}"]
        signs = known.document.get("id_token_signing_alg_values_supported")
        if isinstance(signs, list) and not KEY_TYPES.keys() & {str(one) for one in signs}:
            return [f"it signs with none of {', '.join(KEY_TYPES)}. Have it sign ID tokens with RS256"]
        if not any(_fits(key, None, alg) for key in known.keys for alg in KEY_TYPES):
            return ["it shows no key for RS256 or ES256. Have it sign ID tokens with one of them"]
        return []

    # --- what comes back ------------------------------------------------------------------------------------------

    def _finish(self, attempt: Attempt, given: Mapping[str, str]) -> Identity:
        known = self._discovered()
        named = given.get("iss")
        if named is None and known.document.get("authorization_response_iss_parameter_supported") is True:
            raise SignInFailed("the answer does not say who gave it")
        if named is not None and named != self.client.issuer:
            raise SignInFailed("the answer is another provider's")
        if "error" in given:
            raise SignInFailed(f"the provider said {_word(given['error'])}")
        code = given.get("code", "")
        if not 0 < len(code) <= LONGEST_CODE:
            raise SignInFailed("the answer holds no code")
        answer = self._redeem(known, code, attempt)
        claims = self._claims(answer.get("id_token"), attempt)
        return Identity(subject=claims["sub"], email=_verified(self._with_email(known, answer, claims)))

    def _redeem(self, known: _Known, code: str, attempt: Attempt) -> Mapping[str, Any]:
        """The provider's tokens for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        methods = known.document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        secret, headers = self.client.client_secret, {}
        if secret is not None and "client_secret_basic" in methods:
            pair = f"{quote(self.client.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self.client.client_id
            if secret is not None:
                form["client_secret"] = secret
        return self._ask(self._address(known.document, "token_endpoint"), headers, form)

    def _with_email(self, known: _Known, answer: Mapping[str, Any], claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims of the ID token; where it is a thin one, with the e-mail that the provider tells beside it."""
        token = answer.get("access_token")
        if "email" in claims or not isinstance(token, str) or "userinfo_endpoint" not in known.document:
            return claims
        told = self._ask(self._address(known.document, "userinfo_endpoint"), {"Authorization": f"Bearer {token}"})
        if told.get("sub") != claims["sub"]:
            raise SignInFailed("what the provider tells beside the token is of somebody else")
        return told

    def _claims(self, token: Any, attempt: Attempt) -> Mapping[str, Any]:
        """The claims of an ID token that is genuine, for us, in time, and of this attempt."""
        if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise SignInFailed("the provider gave no ID token")
        try:
            header = self._jwt.get_unverified_header(token)
            alg = header.get("alg")
            if alg not in KEY_TYPES or "crit" in header:
                raise SignInFailed(f"the ID token is signed with {_word(alg)}, which is not believed")
            claims: dict[str, Any] = self._jwt.decode(
                token,
                self._key(header.get("kid"), alg),
                algorithms=[alg],
                audience=self.client.client_id,
                issuer=self.client.issuer,
                leeway=SKEW,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except self._jwt.PyJWTError as error:
            raise SignInFailed(f"the ID token is not to be believed ({type(error).__name__})") from None
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not compare_digest(nonce.encode(), attempt.nonce.encode()):
            raise SignInFailed("the ID token is of another attempt")
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", self.client.client_id if not several else None) != self.client.client_id:
            raise SignInFailed("the ID token was made for somebody else")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise SignInFailed("the ID token names nobody")
        return claims

    def _key(self, kid: Any, alg: str) -> Any:
        """The provider's key of this name. One that is not known may be new: then the keys are read again, once."""
        found = [key for key in self._discovered().keys if _fits(key, kid, alg)]
        if not found:
            found = [key for key in self._discovered(anew=True).keys if _fits(key, kid, alg)]
        if len(found) != 1:
            raise SignInFailed("the ID token is signed with a key that the provider does not show")
        key = self._jwt.PyJWK(dict(found[0]), algorithm=alg).key
        if alg == "RS256" and key.key_size < SHORTEST_RSA:
            raise SignInFailed(f"the provider's key has fewer than {SHORTEST_RSA} bits")
        return key

    # --- what the provider says of itself -------------------------------------------------------------------------

    def _discovered(self, *, anew: bool = False) -> _Known:
        kept = self._kept
        if kept is not None and not anew and self._clock() - kept.read_at < KEPT:
            return kept
        document = self._ask(self.client.issuer, path=WELL_KNOWN)
        if document.get("issuer") != self.client.issuer:
            named = _word(document.get("issuer"))
            raise SignInFailed(f"{self.client.issuer} calls itself {named}: write exactly that as `issuer`")
        shown = self._ask(self._address(document, "jwks_uri")).get("keys")
        keys = [key for key in shown if isinstance(key, dict)] if isinstance(shown, list) else []
        self._kept = _Known(self._clock(), document, keys[:100])
        return self._kept

    def _address(self, document: Mapping[str, Any], name: str) -> str:
        """An address that the discovery document names. It must be as safe as the issuer's."""
        found = document.get(name)
        scheme = urlsplit(self.client.issuer).scheme
        if not isinstance(found, str) or not found.startswith(("https://", f"{scheme}://")) or "#" in found:
            raise SignInFailed(f"the discovery document of {self.client.issuer} has no {name} that can be used")
        return found

    # --- asking ---------------------------------------------------------------------------------------------------

    def _ask(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        *,
        path: str | None = None,
    ) -> Mapping[str, Any]:
        parts = urlsplit(address)
        with self._open(address if path else f"{parts.scheme}://{parts.netloc}", headers) as http:
            answer = http.get(path or address) if form is None else http.post_form(address, form)
        if not isinstance(answer.data, dict):
            raise SourceError(f"{parts.hostname} answered with something else than was asked for.")
        return answer.data

    def _open(self, address: str, headers: Mapping[str, str] | None = None) -> Http:
        return Http(
            address,
            headers=headers,
            insecure=self.client.insecure,
            timeout=(min(5.0, self._patience), self._patience),
            max_bytes=MAX_BYTES,
            tries=1,
        )

    def _in_time(self, ask: Callable[[], T]) -> T:
        """What is asked, within the patience of somebody who waits before a screen."""
        late = f"{self.client.issuer} did not answer within {self._patience:.0f} s"
        try:
            return within(self._patience, ask, late)
        except SignInFailed:
            raise
        except HttpError as error:  # what a server says may repeat what it was sent
            refused = 400 <= error.status < 500 and error.status not in (408, 429)
            raise SignInFailed(f"{self.client.issuer} answered {error.status}", away=not refused) from None
        except SourceError as error:
            raise SignInFailed(str(error).rstrip("."), away=True) from None


def _fits(key: Mapping[str, Any], kid: Any, alg: str) -> bool:
    """Whether a key may have signed: of the right kind, not meant for something else, and of this name, if one is
    given."""
    kind = key.get("kty") == KEY_TYPES[alg] and key.get("alg", alg) == alg and key.get("use", "sig") == "sig"
    return kind and (alg != "ES256" or key.get("crv") == "P-256") and (kid is None or key.get("kid") == kid)


def _verified(claims: Mapping[str, Any]) -> str | None:
    """The e-mail, where the provider vouches that it is this person's: `email_verified`, or Entra's `xms_edov`."""
    email = claims.get("email")
    vouched = {str(claims.get(name)).casefold() for name in ("email_verified", "xms_edov")} & {"true", "1"}
    return email.strip() if isinstance(email, str) and vouched and "@" in email else None


def _word(value: Any) -> str:
    """A stranger's word as a log may show it."""
    shown = "".join(c for c in value if c.isprintable())[:200] if isinstance(value, str) else type(value).__name__
    return repr(shown)
