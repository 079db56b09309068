"""Signing in without passwords: an operator prints a signed link, its page has one button, the button sets a cookie.
Or the organisation's own provider says who it is (`workers.web.signing_in`).

The cookie is signed with the deployment's key and good for twelve hours. What it lets its bearer see is asked of the
org chart at each request, so that nobody keeps what they lost.
"""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from flask import Blueprint, redirect, request
from flask import session as cookie
from werkzeug.wrappers import Response

from pipeline import access
from pipeline.access import Reader
from pipeline.links import Link
from pipeline.store import audit
from workers.engine import Engine
from workers.web.common import Page, Refused, page, read

LIFE: Final = timedelta(hours=12)
OPERATOR: Final = "operator"
PROVIDER: Final = "provider"
"""The role of whom an OpenID Connect provider signed in: what they may see is asked of settings.yaml each time."""
ENDED: Final = "Whoever runs Leafnotes makes you another one: `leafnotes access` and your id."


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("access", __name__)

    @pages.get("/sign-in/<token>")
    def show(token: str) -> Page:
        link = read(engine, token, "sign-in", ended=ENDED)
        reader = reader_of(engine, link.reader, _role(link))
        return page("sign_in.html", token=token, reader=reader, name=name_of(engine, reader))

    @pages.post("/sign-in/<token>")
    def sign_in(token: str) -> Page | Response:
        _from_here(request.headers.get("Sec-Fetch-Site"))
        link = read(engine, token, "sign-in", ended=ENDED)
        reader = reader_of(engine, link.reader, _role(link))
        with engine.transaction() as session:
            audit.record(session, audit.By("link", link.reader), "sign in", _role(link) or "reader")
        begin(link.reader, _role(link), engine.deployment.now())
        return redirect("/operators" if reader.operator else "/triage", 303)

    @pages.post("/sign-out")
    def sign_out() -> Page:
        signed_in(engine)
        confirmed()
        message = "Your link signs you in again until it ends."
        if cookie.get("role") == PROVIDER:
            message = (
                "The service that signed you in may still know you: sign out there too on a machine that you share."
            )
        cookie.clear()
        return page("message.html", title="You are signed out", message=message)

    return pages


def _role(link: Link) -> str:
    return OPERATOR if link.about == OPERATOR else ""


def begin(person: str, role: str, now: datetime) -> None:
    """A new session; nothing of the one before goes on."""
    cookie.clear()
    cookie.permanent = True
    cookie["person"], cookie["role"] = person, role
    cookie["until"] = int((now + LIFE).timestamp())
    cookie["csrf"] = secrets.token_urlsafe(24)


def _from_here(where: str | None) -> None:
    """Nobody is signed in by somebody else's page: browsers say where a form was sent from."""
    if where not in (None, "same-origin", "none"):
        raise Refused("Open the link itself", "Another site tried to sign you in here.", 403)


def reader_of(engine: Engine, person: str, role: str) -> Reader:
    """What a person may see today in a role. Raises `Refused` where that is nothing."""
    provided = engine.deployment.settings.web.oidc
    operators = provided.operators if provided is not None and role == PROVIDER else ()
    found = access.reader(engine.deployment.org, person, operator=role == OPERATOR or person in operators)
    if found is None:
        raise Refused("There is nothing to see for you", "The org chart has no team that you lead or belong to.", 403)
    return found


def signed_in(engine: Engine) -> Reader:
    """Who is looking. Raises `Refused` for nobody, and for a cookie that has ended."""
    until = cookie.get("until", 0)
    if not isinstance(until, int) or engine.deployment.now().timestamp() >= until:
        raise Refused("Sign in first", "Open your sign-in link again. " + ENDED, 403, sign_in=_offered(engine))
    role = str(cookie.get("role", ""))
    if role == PROVIDER and not _offered(engine):
        raise Refused("Sign in first", "Open your sign-in link again. " + ENDED, 403)
    return reader_of(engine, str(cookie.get("person", "")), role)


def _offered(engine: Engine) -> bool:
    """Whether a provider signs people in."""
    return engine.deployment.provider is not None


def operator(engine: Engine) -> Reader:
    """An operator. Raises `Refused` for anybody else."""
    found = signed_in(engine)
    if not found.operator:
        raise Refused("This page is for operators", "Whoever runs Leafnotes can open it.", 403)
    return found


def confirmed() -> None:
    """That a form came from a page of this session. Raises `Refused`."""
    given, ours = request.form.get("csrf", ""), str(cookie.get("csrf", ""))
    if not ours or not compare_digest(given.encode(), ours.encode()):
        raise Refused("Nothing was changed", "The form was too old or came from elsewhere. Open the page again.", 403)


def csrf() -> str:
    """What a form carries to be `confirmed`."""
    return str(cookie.get("csrf", ""))


def name_of(engine: Engine, reader: Reader) -> str:
    """A person as they are greeted, with what they look as."""
    org = engine.deployment.org
    led = [org.teams[team].name for team in org.led_by(reader.person)]
    name = org.people[reader.person].name or reader.person
    if reader.operator:
        return f"{name}, operator"
    return f"{name}, the lead of {led[0]}" if led else name
