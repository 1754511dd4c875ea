import sqlite3

import click
from flask import current_app, g


def connection():
    if "connection" not in g:
        g.connection = sqlite3.connect(current_app.config["DATABASE"])
    return g.connection


def close(_error=None):
    open_connection = g.pop("connection", None)
    if open_connection is not None:
        open_connection.close()


@click.command("make-tables")
def make_tables():
    """Create the tables."""
    connection().execute("CREATE TABLE IF NOT EXISTS entry (day TEXT, text TEXT)")


def init_app(app):
    app.teardown_appcontext(close)
    app.cli.add_command(make_tables)
