from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

public = Flask(__name__)
public.wsgi_app = ProxyFix(public.wsgi_app, x_for=1)


@public.get("/")
def home():
    return "welcome"
