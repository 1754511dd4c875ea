"""A service that lends books."""

import os

from flask import Flask

from lending.database import create_tables, db


def create_app(test_config=None):
    """Make the application; a test gives the settings that differ."""
    app = Flask(__name__)
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///lending.db"),
        LONGEST_LOAN_DAYS=28,
    )
    if test_config is not None:
        app.config.update(test_config)

    db.init_app(app)
    app.cli.add_command(create_tables)

    from lending import books, loans

    app.register_blueprint(books.bp)
    app.register_blueprint(loans.bp)
    return app
