"""Each digest's permanent page: the same words as the mail, with what stands behind its numbers."""

from flask import Blueprint

from pipeline.digest import render
from workers.engine import Engine
from workers.web.common import Page, Refused, digest_of, opened, page


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("reading", __name__)

    @pages.get("/digest/<token>")
    def show(token: str) -> Page:
        try:
            link = opened(engine, token, "digest")
            with engine.transaction() as session:
                document = digest_of(session, link).document
        except Refused as refused:
            return refused.page()
        return page("digest.html", document=document, sections=render.layout(document))

    return pages
