from werkzeug.middleware.dispatcher import DispatcherMiddleware

from hall.left import left
from hall.right import right

application = DispatcherMiddleware(left, {"/right": right})
