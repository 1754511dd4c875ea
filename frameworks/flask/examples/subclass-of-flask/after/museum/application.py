from flask import Flask, jsonify


class Museum(Flask):
    """Answers errors as JSON."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, static_folder=None, **kwargs)
        self.register_error_handler(404, lambda error: (jsonify(error=str(error)), 404))
