"""Signing in without passwords: an operator prints a signed link, its page has one button, the button sets a cookie.

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
from workers.engine import Engine
from workers.web.common import Page, Refused, page, read

LIFE: Final = timedelta(hours=12)
OPERATOR: Final = "operator"
ENDED: Final = "Whoever runs Leafnotes makes you another one: `leafnotes access` and your id."


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("access", __name__)

    @pages.get("/sign-in/<token>")
    def show(token: str) -> Page:
        link = read(engine, token, "sign-in", ended=ENDED)
        reader = _reader(engine, link.reader, link.about)
        return page("sign_in.html", token=token, reader=reader, name=name_of(engine, reader))

    @pages.post("/sign-in/<token>")
    def sign_in(token: str) -> Page | Response:
        _from_here(request.headers.get("Sec-Fetch-Site"))
        link = read(engine, token, "sign-in", ended=ENDED)
        reader = _reader(engine, link.reader, link.about)
        _begin(link, engine.deployment.now())
        return redirect("/operators" if reader.operator else "/triage", 303)

    @pages.post("/sign-out")
    def sign_out() -> Page:
        signed_in(engine)
        confirmed()
        cookie.clear()
        return page("message.html", title="You are signed out", message="Your link signs you in again until it ends.")

    return pages


def _begin(link: Link, now: datetime) -> None:
    cookie.clear()
    cookie.permanent = True
    cookie["person"], cookie["role"] = link.reader, link.about
    cookie["until"] = int((now + LIFE).timestamp())
    cookie["csrf"] = secrets.token_urlsafe(24)


def _from_here(where: str | None) -> None:
    """Nobody is signed in by somebody else's page: browsers say where a form was sent from."""
    if where not in (None, "same-origin", "none"):
        raise Refused("Open the link itself", "Another site tried to sign you in here.", 403)


def _reader(engine: Engine, person: str, role: str) -> Reader:
    found = access.reader(engine.deployment.org, person, operator=role == OPERATOR)
    if found is None:
        raise Refused("There is nothing to see for you", "The org chart has no team that you lead or belong to.", 403)
    return found


def signed_in(engine: Engine) -> Reader:
    """Who is looking. Raises `Refused` for nobody, and for a cookie that has ended."""
    until = cookie.get("until", 0)
    if not isinstance(until, int) or engine.deployment.now().timestamp() >= until:
        raise Refused("Sign in first", "Open your sign-in link again. " + ENDED, 403)
    return _reader(engine, str(cookie.get("person", "")), str(cookie.get("role", "")))


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
