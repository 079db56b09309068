"""The web application: thin, server-rendered, each request one transaction. Behind a proxy that speaks TLS."""

from pathlib import Path

from flask import Flask, Response, g, request

from config.environment import WeakKey
from workers.engine import Engine
from workers.web import (
    access,
    answering,
    authors,
    checking_in,
    correcting,
    escalating,
    hooks,
    operating,
    pausing,
    previewing,
    reading,
    releasing,
    signing_in,
    speaking,
    triage,
    watching,
)
from workers.web.common import Refused, not_found

LEADERS = (answering, escalating, reading, correcting, pausing, previewing)
"""What leaders open: pages in their language. All others are English."""
LARGEST_FORM = 64 * 1024
"""Bytes of a form."""


def create(engine: Engine) -> Flask:
    app = Flask("leafnotes", root_path=str(Path(__file__).parent))
    app.url_map.merge_slashes = False  # an address without its token is none, and leads nowhere
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(hooks.blueprint(engine))
    leaders = [one.blueprint(engine) for one in LEADERS]
    for pages in leaders:
        app.register_blueprint(pages)
    app.register_blueprint(speaking.blueprint(engine))
    app.register_blueprint(checking_in.blueprint(engine))
    _remember_who_is_signed_in(app, engine)
    app.register_blueprint(access.blueprint(engine))
    app.register_blueprint(signing_in.blueprint(engine))
    app.register_blueprint(triage.blueprint(engine))
    app.register_blueprint(operating.blueprint(engine))
    app.register_blueprint(releasing.blueprint(engine))
    app.register_blueprint(authors.blueprint(engine))
    app.register_blueprint(watching.blueprint(engine))
    app.register_error_handler(404, not_found)
    app.register_error_handler(Refused, Refused.page)

    @app.before_request
    def read_no_more_than_a_form() -> None:
        if request.blueprint != "hooks":  # they count for themselves
            request.max_content_length = LARGEST_FORM

    @app.before_request
    def speak_to_leaders() -> None:
        """In the organisation's language until a link says who reads, and where an address leads nowhere."""
        if request.blueprint in {None, *(pages.name for pages in leaders)}:
            g.language = engine.deployment.house.language

    @app.get("/alive")
    def alive() -> tuple[str, int]:
        return "alive\n", 200

    @app.after_request
    def careful(response: Response) -> Response:
        """Pages run no script, load nothing from elsewhere, are in no cache, no frame and no index."""
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "base-uri 'none'"
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


def _remember_who_is_signed_in(app: Flask, engine: Engine) -> None:
    """One signed cookie; without a key that can be relied on nobody can sign in."""
    environment = engine.deployment.environment
    try:
        app.secret_key, *old = environment.require_secret_keys()
        app.config["SECRET_KEY_FALLBACKS"] = old
    except WeakKey:
        app.secret_key = None
    app.config.update(
        SESSION_COOKIE_NAME="leafnotes",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=(environment.public_url or "").startswith("https:"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=access.LIFE,
    )
