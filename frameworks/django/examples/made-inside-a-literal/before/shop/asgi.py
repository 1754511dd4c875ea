import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

application = ProtocolTypeRouter(
    {
        # Web sockets come later.
        "http": get_asgi_application(),
    }
)
