from werkzeug.middleware.dispatcher import DispatcherMiddleware

from gateway.admin import admin
from gateway.public import public

application = DispatcherMiddleware(public, {"/admin": admin})
