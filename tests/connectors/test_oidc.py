"""A provider's word is believed only where it is its own, for us, of this attempt, and a moment old."""

import base64
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.errors import SourceError
from connectors.oidc import KEPT, Client, Identity, Provider, SignInFailed
from tests.connectors import oidc_fake as fake

BACK = "https://leaf.rosta.example/login/back"
KIT = Identity(subject="f3-88", email="Kit@Rosta.example")


@pytest.fixture
def there() -> Iterator[fake.Provider]:
    with fake.Provider() as provider:
        yield provider


def ours(there: fake.Provider, **more: Any) -> Provider:
    client = Client(
        issuer=there.issuer, client_id=fake.CLIENT, client_secret=more.pop("secret", fake.SECRET), redirect_uri=BACK
    )
    return Provider(client, **more)


def sign_in(there: fake.Provider, us: Provider | None = None, **given: str) -> Identity:
    us = us or ours(there)
    address, attempt = us.begin()
    return us.finish(attempt, {**there.visit(address), **given})


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_whom_an_honest_provider_knows_is_believed(alg: str) -> None:
    with fake.Provider(alg=alg) as there:
        assert sign_in(there) == KIT


def test_a_person_is_sent_away_with_everything_that_binds_the_answer(there: fake.Provider) -> None:
    us = ours(there)
    address, attempt = us.begin()
    asked, again = dict(parse_qsl(urlsplit(address).query)), dict(parse_qsl(urlsplit(us.begin()[0]).query))

    assert address.startswith(f"{there.issuer}/auth?theme=plain&")
    assert (asked["response_type"], asked["client_id"], asked["redirect_uri"]) == ("code", fake.CLIENT, BACK)
    assert asked["code_challenge_method"] == "S256"
    assert attempt.verifier not in address
    assert fake.SECRET not in address
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_the_secret_is_sent_as_the_provider_wants_it(there: fake.Provider) -> None:
    sign_in(there)
    assert "client_secret" not in there.forms[-1]
    there.discovery = lambda d: d.update(token_endpoint_auth_methods_supported=["client_secret_post"])
    sign_in(there)
    assert there.forms[-1]["client_secret"] == fake.SECRET
    sign_in(there, ours(there, secret=None))
    assert "client_secret" not in there.forms[-1]


def _set(**claims: Any) -> fake.Change:
    return lambda given: given.update(claims)


HOSTILE: dict[str, fake.Change] = {
    "another nonce": _set(nonce="n" * 43),
    "no nonce": lambda claims: claims.pop("nonce"),
    "a nonce that is no text": _set(nonce=["n"]),
    "for another client": _set(aud="another"),
    "for another client too, and by it": _set(aud=[fake.CLIENT, "another"], azp="another"),
    "for several, and not said by whom": _set(aud=[fake.CLIENT, "another"]),
    "by another client": _set(azp="another"),
    "for nobody": lambda claims: claims.pop("aud"),
    "of another issuer": _set(iss="https://evil.example"),
    "of an issuer that begins alike": lambda claims: claims.update(iss=claims["iss"] + ".evil.example"),
    "expired": lambda claims: claims.update(exp=int(time.time()) - 120),
    "without an end": lambda claims: claims.pop("exp"),
    "without a beginning": lambda claims: claims.pop("iat"),
    "from the future": lambda claims: claims.update(iat=int(time.time()) + 600),
    "not valid yet": lambda claims: claims.update(nbf=int(time.time()) + 600),
    "of nobody": lambda claims: claims.pop("sub"),
    "of an empty somebody": _set(sub=""),
    "of a number": _set(sub=7),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_id_token_that_is_not_for_us_now_is_refused(there: fake.Provider, name: str) -> None:
    us = ours(there)
    assert sign_in(there, us) == KIT
    there.claims = HOSTILE[name]

    with pytest.raises(SignInFailed) as caught:
        sign_in(there, us)

    assert not caught.value.away


@pytest.mark.parametrize(("seconds", "believed"), [(-30, True), (-90, False)])
def test_a_clock_may_differ_by_a_minute(there: fake.Provider, seconds: int, believed: bool) -> None:
    there.claims = _set(exp=int(time.time()) + seconds)
    if believed:
        assert sign_in(there) == KIT
    else:
        with pytest.raises(SignInFailed, match="ExpiredSignature"):
            sign_in(there)


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS384", "", "EdDSA"])
def test_no_algorithm_is_believed_that_was_not_agreed(there: fake.Provider, alg: str) -> None:
    there.header = _set(alg=alg)

    with pytest.raises(SignInFailed, match="not believed"):
        sign_in(there)


def test_a_key_is_used_for_its_own_algorithm_alone(there: fake.Provider) -> None:
    there.keys = [{**there.keys[0], "kty": "oct", "k": there.keys[0]["n"]}]

    with pytest.raises(SignInFailed, match="does not show"):
        sign_in(there)


def test_a_signature_of_somebody_else_is_refused(there: fake.Provider) -> None:
    there.key = fake.OTHER

    with pytest.raises(SignInFailed, match="InvalidSignature"):
        sign_in(there)


def test_a_key_that_is_too_short_is_refused() -> None:
    with fake.Provider(key=fake.SHORT) as there, pytest.raises(SignInFailed):
        sign_in(there)


def test_a_token_that_was_changed_on_the_way_is_refused(there: fake.Provider) -> None:
    def change(answer: dict[str, Any]) -> None:
        head, body, tail = answer["id_token"].split(".")
        said = base64.urlsafe_b64decode(body + "==").replace(b"Kit@Rosta", b"Eve@Rosta")
        answer["id_token"] = f"{head}.{fake.b64(said)}.{tail}"

    there.tokens = change

    with pytest.raises(SignInFailed):
        sign_in(there)


@pytest.mark.parametrize("token", [None, 7, "", "a.b.c", "a" * 40_000, {"alg": "none"}])
def test_what_is_no_token_is_refused(there: fake.Provider, token: Any) -> None:
    there.tokens = _set(id_token=token)

    with pytest.raises(SignInFailed):
        sign_in(there)


def test_a_header_that_names_its_own_key_or_demands_more_is_refused(there: fake.Provider) -> None:
    own = fake.Provider(key=fake.OTHER)
    there.key = fake.OTHER
    there.header = _set(jwk=own.keys[0], jku="https://evil.example/keys")
    with pytest.raises(SignInFailed):
        sign_in(there)
    there.key, there.header = fake.RSA, _set(crit=["exp"])
    with pytest.raises(SignInFailed):
        sign_in(there)


def test_keys_that_rotated_are_read_again_once(there: fake.Provider) -> None:
    us = ours(there)
    sign_in(there, us)
    there.key, there.kid, there.keys = fake.OTHER, "two", [fake.shown(fake.RSA, "one"), fake.shown(fake.OTHER, "two")]

    assert sign_in(there, us) == KIT
    assert there.asked.count("keys") == 2
    there.kid = "three"
    with pytest.raises(SignInFailed, match="does not show"):
        sign_in(there, us)
    assert there.asked.count("keys") == 3


def test_a_key_that_was_withdrawn_is_believed_for_an_hour_at_most(there: fake.Provider) -> None:
    passed = [0.0]
    us = ours(there, clock=lambda: passed[0])
    sign_in(there, us)
    there.keys = [fake.shown(fake.OTHER, "two")]
    assert sign_in(there, us) == KIT
    passed[0] = KEPT

    with pytest.raises(SignInFailed):
        sign_in(there, us)


@pytest.mark.parametrize(
    "given",
    [
        {"state": "another"},
        {"state": ""},
        {"iss": "https://evil.example"},
        {"code": ""},
        {"code": "c" * 5000},
        {"error": "access_denied"},
    ],
)
def test_an_answer_that_is_not_of_this_attempt_is_refused_before_the_code_is_used(
    there: fake.Provider, given: dict[str, str]
) -> None:
    with pytest.raises(SignInFailed):
        sign_in(there, **given)

    assert "token" not in there.asked


def test_a_provider_that_says_who_answers_has_to_say_it(there: fake.Provider) -> None:
    there.discovery = lambda d: d.update(authorization_response_iss_parameter_supported=True)

    assert sign_in(there, iss=there.issuer) == KIT
    with pytest.raises(SignInFailed, match="who gave it"):
        sign_in(there)


@pytest.mark.parametrize(
    ("person", "email"),
    [
        ({"email_verified": True}, "kit@rosta.example"),
        ({"email_verified": "true"}, "kit@rosta.example"),
        ({"xms_edov": "1"}, "kit@rosta.example"),
        ({"email_verified": False}, None),
        ({"email_verified": "false"}, None),
        ({}, None),
        ({"email_verified": True, "email": "kit"}, None),
        ({"email_verified": True, "email": ["kit@rosta.example"]}, None),
    ],
)
def test_an_address_counts_only_where_the_provider_vouches_for_it(
    there: fake.Provider, person: dict[str, Any], email: str | None
) -> None:
    there.person = {"sub": "f3-88", "email": "kit@rosta.example", **person}

    assert sign_in(there) == Identity(subject="f3-88", email=email)


def test_the_address_of_a_thin_token_is_asked_for_and_has_to_be_of_the_same_person(there: fake.Provider) -> None:
    there.discovery = lambda d: d.update(userinfo_endpoint=f"{there.issuer}/userinfo")
    there.person = {"sub": "f3-88"}
    there.userinfo = {"sub": "f3-88", "email": "kit@rosta.example", "email_verified": True}
    assert sign_in(there) == Identity(subject="f3-88", email="kit@rosta.example")
    there.userinfo["sub"] = "somebody-else"

    with pytest.raises(SignInFailed, match="somebody else"):
        sign_in(there)


@pytest.mark.parametrize(
    ("name", "trouble", "away"),
    [
        ("discovery", {"status": {"discovery": 500}}, True),
        ("keys", {"status": {"keys": 503}}, True),
        ("token", {"status": {"token": 500}}, True),
        ("token", {"status": {"token": 400}}, False),
        ("token", {"status": {"token": 401}}, False),
        ("token", {"status": {"token": 302}}, True),
        ("discovery", {"slow": "discovery"}, True),
        ("token", {"slow": "token"}, True),
        ("keys", {"huge": "keys"}, True),
        ("token", {"huge": "token"}, True),
    ],
)
def test_trouble_at_the_provider_is_said_in_time(
    there: fake.Provider, name: str, trouble: dict[str, Any], away: bool
) -> None:
    for key, value in trouble.items():
        setattr(there, key, value)
    started = time.monotonic()

    with pytest.raises(SignInFailed) as caught:
        sign_in(there, ours(there, patience=1.0))

    assert caught.value.away is away
    assert time.monotonic() - started < 4
    assert name in there.asked
    assert fake.SECRET not in str(caught.value)
    assert "code-0" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        _set(issuer="https://evil.example"),
        lambda d: d.pop("issuer"),
        lambda d: d.pop("token_endpoint"),
        _set(token_endpoint="ftp://127.0.0.1/token"),
        _set(token_endpoint="http://192.0.2.7/token"),
        _set(jwks_uri=7),
        _set(jwks_uri="file:///etc/passwd"),
    ],
)
def test_a_discovery_document_that_leads_elsewhere_is_not_followed(
    there: fake.Provider, change: Callable[[dict[str, Any]], Any]
) -> None:
    there.discovery = change

    with pytest.raises(SignInFailed):
        sign_in(there)

    assert "token" not in there.asked


def test_check_says_what_an_operator_has_to_change(there: fake.Provider) -> None:
    assert ours(there).check() == []
    there.keys = []
    assert "shows no key" in ours(there).check()[0]
    there.discovery = lambda d: d.update(id_token_signing_alg_values_supported=["HS256"])
    assert "signs with none of RS256, ES256" in ours(there).check()[0]
    there.discovery = lambda d: d.update(issuer="https://real.example")
    assert "'https://real.example': write exactly that as `issuer`" in ours(there).check()[0]
    there.status = {"discovery": 404}
    assert "answered 404" in ours(there).check()[0]


@pytest.mark.parametrize(
    "issuer", ["http://login.example", "ftp://login.example", "login.example", "https://a@b.example"]
)
def test_an_issuer_that_cannot_be_asked_safely_is_refused(issuer: str) -> None:
    client = Client(issuer=issuer, client_id="x", client_secret=None, redirect_uri=BACK)

    with pytest.raises(SourceError):
        Provider(client)
