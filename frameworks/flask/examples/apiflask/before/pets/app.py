"""Pets."""

from apiflask import APIFlask

from pets.views import bp

app = APIFlask(__name__, title="Pets", docs_path="/reference")
app.register_blueprint(bp)
