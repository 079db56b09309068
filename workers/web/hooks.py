"""Webhooks: a service says that something changed, and all we believe of it is that a look is worth while.

What is genuine is written down by its delivery id and asks for a pull; whatever is lost, late or repeated, the poll
finds anyway.
"""

import structlog
from flask import Blueprint, Request, request
from sqlalchemy.exc import SQLAlchemyError

from workers.engine import Engine

log = structlog.get_logger()

LARGEST = 5 * 1024 * 1024
"""Bytes of a body; a larger one is refused before it is read or hashed, and the poll finds what it told."""
Reply = tuple[str, int]


def blueprint(engine: Engine) -> Blueprint:
    hooks = Blueprint("hooks", __name__)

    @hooks.post("/hooks/<source>")
    def hook(source: str) -> Reply:
        return receive(engine, source, request)

    return hooks


def receive(engine: Engine, name: str, given: Request) -> Reply:
    source = engine.deployment.sources.get(name)
    secrets = [] if source is None else source.webhook_secrets
    if source is None or not secrets:
        return "no webhooks are read here\n", 404
    body = _body(given)
    if body is None:
        return "too large\n", 413
    headers = {key.lower(): value for key, value in given.headers.items()}
    try:
        delivery = source.connector.webhook(headers, body, secrets, engine.deployment.now())
    except Exception as error:  # anybody can send anything here
        log.warning("webhook not understood", source=name, reason=type(error).__name__)
        delivery = None
    if not delivery:
        return "not signed with a secret of this source\n", 401
    try:
        fresh = engine.hint(name, delivery)
    except SQLAlchemyError as error:
        log.warning("webhook not stored", source=name, reason=type(error).__name__)
        return "try again later\n", 503
    return ("noted\n", 202) if fresh else ("known\n", 200)


def _body(given: Request) -> bytes | None:
    """The raw body, None where it is too large, whatever its length claims."""
    if (given.content_length or 0) > LARGEST:
        return None
    body = given.stream.read(LARGEST + 1)
    return None if len(body) > LARGEST else body
