"""Pausing: one click of the mail program (RFC 8058), or a page with one button. Nobody is made to listen."""

from flask import Blueprint, request

from pipeline.store import answers
from workers.engine import Engine
from workers.web.common import Page, opened, page


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("pausing", __name__)

    @pages.get("/pause/<token>")
    def show(token: str) -> Page:
        link = opened(engine, token, "pause")
        with engine.transaction() as session:
            since = answers.paused(session).get(link.reader)
        return page("pause.html", token=token, since=since)

    @pages.post("/pause/<token>")
    def act(token: str) -> Page:
        """Also what a mail program sends: `List-Unsubscribe=One-Click`, without a cookie, followed nowhere."""
        link = opened(engine, token, "pause")
        now = engine.deployment.now()
        listen = request.form.get("listen") == "again"
        with engine.transaction() as session:
            since = answers.paused(session).get(link.reader)
            if listen == (since is not None):  # said again it changes nothing
                since = None if listen else now
                answers.pause(session, link.reader, since, now)
        return page("pause.html", token=token, since=since)

    return pages
