"""For whoever watches over the processes: whether this one lives, whether it can serve, and figures for Prometheus."""

import hmac

from flask import Blueprint, abort, request
from sqlalchemy.exc import SQLAlchemyError

from pipeline.store import schema
from workers.engine import Engine
from workers.metrics import exposition, figures

Answer = tuple[str, int, dict[str, str]]
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
SHORTEST = 32
"""Characters of a token; a shorter one opens nothing."""


def blueprint(engine: Engine) -> Blueprint:
    pages = Blueprint("watching", __name__)

    @pages.get("/health/live")
    def live() -> Answer:
        return "alive\n", 200, PLAIN

    @pages.get("/health/ready")
    def ready() -> Answer:
        try:
            able = schema.serves(engine.deployment.database)
        except SQLAlchemyError:
            able = False
        return ("ready\n", 200, PLAIN) if able else ("not ready\n", 503, PLAIN)

    @pages.get("/metrics")
    def metrics() -> Answer:
        token = engine.deployment.settings.web.metrics_token
        expected = token.get_secret_value().strip() if token is not None else ""
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if len(expected) < SHORTEST or not hmac.compare_digest(given.encode(), expected.encode()):
            abort(404)
        return exposition(figures(engine.deployment)), 200, {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}

    return pages
