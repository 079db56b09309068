"""The web application: thin, each request one transaction. Behind a proxy that speaks TLS."""

from flask import Flask

from workers.engine import Engine
from workers.web import hooks


def create(engine: Engine) -> Flask:
    app = Flask("leafnotes")
    app.register_blueprint(hooks.blueprint(engine))

    @app.get("/alive")
    def alive() -> tuple[str, int]:
        return "alive\n", 200

    return app
