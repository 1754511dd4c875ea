def greet(app):
    app.jinja_env.globals["greeting"] = "hello"
