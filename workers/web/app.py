"""The web application: thin, server-rendered, each request one transaction. Behind a proxy that speaks TLS."""

from pathlib import Path

from flask import Flask, Response

from workers.engine import Engine
from workers.web import answering, escalating, hooks, pausing, reading
from workers.web.common import not_found


def create(engine: Engine) -> Flask:
    app = Flask("leafnotes", root_path=str(Path(__file__).parent))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(hooks.blueprint(engine))
    app.register_blueprint(answering.blueprint(engine))
    app.register_blueprint(escalating.blueprint(engine))
    app.register_blueprint(reading.blueprint(engine))
    app.register_blueprint(pausing.blueprint(engine))
    app.register_error_handler(404, not_found)

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
