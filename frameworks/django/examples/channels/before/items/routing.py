from django.urls import re_path

from items import consumers

websocket_urlpatterns = [
    re_path(r"^ws/items/(?P<pk>\d+)/$", consumers.ItemConsumer.as_asgi()),
]
