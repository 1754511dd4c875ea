"""URL patterns that libraries make: routers of view sets, and APIs of decorated functions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from codemods.analysis import analyze

if TYPE_CHECKING:
    from support.trees import Write

FILES = {
    "shop/__init__.py": "",
    "shop/wsgi.py": """
        from django.core.wsgi import get_wsgi_application
        import os
        os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
        application = get_wsgi_application()
    """,
    "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n",
}
VIEWS = """
from rest_framework import mixins, viewsets
from rest_framework.decorators import action

class Full(viewsets.ModelViewSet):
    @action(detail=True, methods=["post"], url_path="mark-sold")
    def sold(self, request, pk=None): ...

    @sold.mapping.delete
    def unsold(self, request, pk=None): ...

    @action(detail=False)
    def recent(self, request): ...

class Reading(viewsets.ReadOnlyModelViewSet):
    lookup_field = "slug"

class Creating(mixins.CreateModelMixin, viewsets.GenericViewSet): ...

class Child(Full):
    lookup_url_kwarg = "key"

class Empty(viewsets.GenericViewSet): ...
"""
HEAD = "from django.urls import include, path\nfrom rest_framework.routers import DefaultRouter, SimpleRouter\nfrom shop import views\n"


def seen(project: Write, urls: str, **more: str) -> list[tuple[str, str]]:
    files = {**FILES, "shop/views.py": VIEWS, "shop/urls.py": urls}
    files.update({name.replace("__", "/") + ".py": text for name, text in more.items()})
    return [(item.method, item.path) for item in analyze(project(files)).endpoints]


ROUTED = {
    "everything a view set answers": (
        "router = SimpleRouter()\nrouter.register('full', views.Full)\nurlpatterns = router.urls\n",
        [
            ("GET", "/full/"),
            ("GET", "/full/<pk>/"),
            ("POST", "/full/<pk>/mark-sold/"),
            ("GET", "/full/recent/"),
        ],
    ),
    "reading only, by another field": (
        "router = SimpleRouter()\nrouter.register(r'r', views.Reading)\nurlpatterns = [path('api/', include(router.urls))]\n",
        [("GET", "/api/r/"), ("GET", "/api/r/<slug>/")],
    ),
    "one mixin": (
        "router = SimpleRouter()\nrouter.register('c', views.Creating)\nurlpatterns = router.urls\n",
        [("POST", "/c/")],
    ),
    "nothing": (
        "router = SimpleRouter()\nrouter.register('e', views.Empty)\nurlpatterns = router.urls\n",
        [],
    ),
    "no slash at the end": (
        "router = SimpleRouter(trailing_slash=False)\nrouter.register('r', views.Reading)\nurlpatterns = router.urls\n",
        [("GET", "/r"), ("GET", "/r/<slug>")],
    ),
    "a root, and a suffix for each": (
        "router = DefaultRouter()\nrouter.register('c', views.Creating)\nurlpatterns = [path('api/', include(router.urls))]\n",
        [
            ("GET", "/api/"),
            ("GET", "/api/<drf_format_suffix:format>"),
            ("POST", "/api/c.<format>/"),
            ("POST", "/api/c/"),
        ],
    ),
    "no prefix": (
        "router = SimpleRouter()\nrouter.register('', views.Reading)\nurlpatterns = [path('api/', include(router.urls))]\n",
        [("GET", "/api/"), ("GET", "/api/<slug>/")],
    ),
    "classes of another router": (
        (
            "one = SimpleRouter()\none.register('c', views.Creating)\nrouter = SimpleRouter()\n"
            "router.registry.extend(one.registry)\nurlpatterns = router.urls\n"
        ),
        [("POST", "/c/")],
    ),
    "one router of two, by a setting": (
        (
            "from django.conf import settings\nrouter = DefaultRouter() if settings.DEBUG else SimpleRouter()\n"
            "router.register('c', views.Creating)\nurlpatterns = [path('', include(router.urls))]\n"
        ),
        [("POST", "/c/")],
    ),
    "below another router's key": (
        (
            "from rest_framework_nested.routers import NestedSimpleRouter\n"
            "router = SimpleRouter()\nrouter.register('full', views.Full)\n"
            "inner = NestedSimpleRouter(router, 'full', lookup='full')\ninner.register('c', views.Creating)\n"
            "urlpatterns = inner.urls\n"
        ),
        [("POST", "/full/<full_pk>/c/")],
    ),
    "in a loop": (
        (
            "router = SimpleRouter()\nfor name, view in [('c', views.Creating), ('d', views.Creating)]:\n"
            "    router.register(name, view)\nurlpatterns = router.urls\n"
        ),
        [("POST", "/c/"), ("POST", "/d/")],
    ),
    "patterns with suffixes": (
        (
            "from rest_framework.urlpatterns import format_suffix_patterns\n"
            "urlpatterns = format_suffix_patterns([path('x/', views.home)])\n"
        ),
        [("GET", "/x/"), ("GET", "/x<drf_format_suffix:format>")],
    ),
}


@pytest.mark.parametrize(("urls", "expected"), ROUTED.values(), ids=ROUTED.keys())
def test_a_router_lists_what_its_classes_answer(
    project: Write, urls: str, expected: list[tuple[str, str]]
) -> None:
    assert seen(project, HEAD + urls) == sorted(expected, key=lambda item: (item[1], item[0]))


def test_actions_and_keys_are_inherited(project: Write) -> None:
    urls = "router = SimpleRouter()\nrouter.register('full', views.Child)\nurlpatterns = router.urls\n"
    assert ("POST", "/full/<key>/mark-sold/") in seen(project, HEAD + urls)


def test_a_view_set_of_another_package_is_said_to_be_unseen(project: Write) -> None:
    urls = "from djoser.views import UserViewSet\nrouter = SimpleRouter()\nrouter.register('u', UserViewSet)\nurlpatterns = router.urls\n"
    files = {**FILES, "shop/urls.py": HEAD + urls}
    assert any("UserViewSet" in note for note in analyze(project(files)).unseen)


API = """
from ninja import NinjaAPI, Router
api = NinjaAPI()
router = Router()

@api.get("/hello")
def hello(request): ...

@api.post("/hello")
def create(request): ...

@api.api_operation(["POST", "PATCH"], "/both/{int:pk}")
def both(request, pk: int): ...

@router.delete("/{item_id}")
def remove(request, item_id: int): ...

api.add_router("/items/", router)
"""


def test_an_api_lists_its_pages_its_root_and_one_pattern_for_each_operation(project: Write) -> None:
    urls = "from django.urls import path\nfrom shop.api import api\nurlpatterns = [path('api/', api.urls)]\n"
    assert seen(project, urls, shop__api=API) == [
        ("GET", "/api/"),
        ("POST", "/api/both/<int:pk>"),
        ("GET", "/api/docs"),
        ("GET", "/api/hello"),
        ("POST", "/api/hello"),
        ("DELETE", "/api/items/<item_id>"),
        ("GET", "/api/openapi.json"),
    ]


@pytest.mark.parametrize(
    ("arguments", "pages"),
    [
        ("openapi_url=None", []),
        ("docs_url=None", ["/api/openapi.json"]),
        ('docs_url="/d", openapi_url="o.json"', ["/api/d", "/api/o.json"]),
    ],
)
def test_pages_of_an_api_can_be_moved_or_off(project: Write, arguments: str, pages: list[str]) -> None:
    urls = "from django.urls import path\nfrom shop.api import api\nurlpatterns = [path('api/', api.urls)]\n"
    api = f"from ninja import NinjaAPI\napi = NinjaAPI({arguments})\n"
    found = Counter(path for _, path in seen(project, urls, shop__api=api))
    assert found == Counter(["/api/", *pages])
