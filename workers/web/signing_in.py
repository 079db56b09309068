"""Signing in with the organisation's OpenID Connect provider, where settings.yaml names one: there and back.

Nothing that comes with a request says where to go afterwards, so nobody can be sent elsewhere. What the browser keeps
in between stands in the same signed cookie, which is made anew once its person is known.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

import structlog
from flask import Blueprint, current_app, redirect, request
from flask import session as cookie
from werkzeug.wrappers import Response

from connectors.oidc import Attempt, Identity, Provider, SignInFailed
from pipeline.access import known_by
from pipeline.store import audit
from workers.engine import Engine
from workers.web import access
from workers.web.common import Page, Refused
from workers.wiring import COMES_BACK

log = structlog.get_logger()

AWAY: Final = timedelta(minutes=10)
"""How long somebody may take at the provider."""
LEAVING: Final = "leaving"


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("signing_in", __name__)

    @pages.get("/login")
    def leave() -> Response:
        return _leave(engine, _provider(engine))

    @pages.get(COMES_BACK)
    def come_back() -> Page | Response:
        return _come_back(engine, _provider(engine))

    return pages


def _provider(engine: Engine) -> Provider:
    provider = engine.deployment.provider
    if provider is None or current_app.secret_key is None:
        raise Refused("There is no such page", "People sign in here with a link. " + access.ENDED, 404)
    return provider


def _leave(engine: Engine, provider: Provider) -> Response:
    try:
        address, attempt = provider.begin()
    except SignInFailed as error:
        raise _failed(error) from None
    until = int((engine.deployment.now() + AWAY).timestamp())
    cookie[LEAVING] = {**asdict(attempt), "until": until}
    return redirect(address, 303)


def _come_back(engine: Engine, provider: Provider) -> Response:
    attempt = _attempt(engine, cookie.pop(LEAVING, None))
    try:
        identity = provider.finish(attempt, request.args)
    except SignInFailed as error:
        raise _failed(error) from None
    person = _person(engine, identity)
    reader = access.reader_of(engine, person, access.PROVIDER)
    access.begin(person, access.PROVIDER, engine.deployment.now())
    with engine.transaction() as session:
        audit.record(session, audit.By("person", person), "sign in", "provider")
    log.info("signed in", person=person, how="provider")
    return redirect("/operators" if reader.operator else "/triage", 303)


def _attempt(engine: Engine, kept: Any) -> Attempt:
    """What this browser left with; it serves once. Raises `Refused`."""
    now = engine.deployment.now().timestamp()
    if not isinstance(kept, dict) or not isinstance(kept.get("until"), int) or now >= kept["until"]:
        message = "It took too long, or was begun in another browser. Sign in again."
        raise Refused("You are not signed in", message, 403, sign_in=True)
    return Attempt(state=str(kept["state"]), nonce=str(kept["nonce"]), verifier=str(kept["verifier"]))


def _person(engine: Engine, identity: Identity) -> str:
    """The person of the org chart whom the provider knows. Raises `Refused`."""
    options, org = engine.deployment.settings.web.oidc, engine.deployment.org
    assert options is not None
    if identity.subject in options.subjects:
        found = options.subjects[identity.subject]
        person = found if found in org.people else None
    else:
        person = known_by(org, identity.email) if identity.email else None
    if person is None:
        log.info("signed in at the provider, and unknown here", verified=identity.email is not None)
        why = (
            "with your e-mail address" if identity.email else "and the provider vouches for no e-mail address of yours"
        )
        message = (
            f"The org chart has nobody {why}. Whoever runs Leafnotes can add you to it; your number at the provider is "
            f"{identity.subject[:255]}."
        )
        raise Refused("You are not known here", message, 403)
    return person


def _failed(error: SignInFailed) -> Refused:
    log.warning("sign-in failed", reason=str(error), away=error.away)
    if error.away:
        message = (
            "The service that signs you in could not be asked. Try again in a minute; links in mails work as ever."
        )
        return Refused("You are not signed in", message, 503, sign_in=True)
    message = "The service that signs you in did not say who you are in a way that can be believed. Sign in again."
    return Refused("You are not signed in", message, 403, sign_in=True)
