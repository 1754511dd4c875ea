"""Endpoints of a URL configuration are what the resolver lists, without running anything."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze
from codemods.analysis.url_routes import shown_route

if TYPE_CHECKING:
    from support.trees import Write

ROOT = Path(__file__).parents[2]
WSGI = """
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()
"""
IMPORTS = """
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from shop import views
"""
BASE: dict[str, str] = {
    "shop/__init__.py": "",
    "shop/wsgi.py": WSGI,
    "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\nLANGUAGE_CODE = 'de'\nADMIN = 'secret/'\n",
    "shop/views.py": "def home(request): ...\n",
    "shop/parts.py": "from django.urls import path\nfrom shop import views\nurlpatterns = [path('a/', views.home), path('', views.home)]\n",
}


def seen(project: Write, urls: str, **more: str) -> list[str]:
    files = {**BASE, "shop/urls.py": IMPORTS + urls}
    files.update({name.replace("__", "/") + ".py": text for name, text in more.items()})
    return [item.path for item in analyze(project(files)).endpoints]


NOTHING = {
    "no list at all": "patterns = [path('x/', views.home)]\n",
    "the admin site": "urlpatterns = [path('admin/', admin.site.urls)]\n",
    "another package's patterns": "urlpatterns = [path('accounts/', include('allauth.urls'))]\n",
    "a module of another package": "from wagtail import urls as pages\nurlpatterns = [path('', include(pages))]\n",
    "patterns under a setting that is off": "urlpatterns = []\nif settings.DEBUG:\n    urlpatterns += [path('x/', views.home)]\n",
    "files that are served under debugging": "from django.conf.urls.static import static\nurlpatterns = static('/media/')\n",
    "a path in a comment": "urlpatterns = [\n    # path('x/', views.home),\n]\n",
    "a path that is not in the list": "urlpatterns = []\nunused = path('x/', views.home)\n",
}


@pytest.mark.parametrize("urls", NOTHING.values(), ids=NOTHING.keys())
def test_what_is_no_endpoint_of_the_project_is_not_counted(project: Write, urls: str) -> None:
    assert seen(project, urls) == []


LISTED: dict[str, tuple[str, list[str]]] = {
    "a list": ("urlpatterns = [path('', views.home), path('x/', views.home)]\n", ["/", "/x/"]),
    "a tuple": ("urlpatterns = (path('x/', views.home),)\n", ["/x/"]),
    "added lists": (
        "urlpatterns = [path('x/', views.home)] + [path('y/', views.home)]\nurlpatterns += [path('z/', views.home)]\n",
        ["/x/", "/y/", "/z/"],
    ),
    "appended, extended and inserted": (
        (
            "urlpatterns = []\nurlpatterns.append(path('x/', views.home))\nurlpatterns.extend([path('y/', views.home)])\n"
            "urlpatterns.insert(0, path('z/', views.home))\n"
        ),
        ["/x/", "/y/", "/z/"],
    ),
    "in a loop over a literal list": (
        "urlpatterns = []\nfor name in ('x', 'y'):\n    urlpatterns.append(path(f'{name}/', views.home))\n",
        ["/x/", "/y/"],
    ),
    "where a setting is off": (
        "urlpatterns = []\nif not settings.DEBUG:\n    urlpatterns += [path('x/', views.home)]\n",
        ["/x/"],
    ),
    "a module by its name": ("urlpatterns = [path('p/', include('shop.parts'))]\n", ["/p/", "/p/a/"]),
    "a module object": (
        "from shop import parts\nurlpatterns = [path('p/', include(parts))]\n",
        ["/p/", "/p/a/"],
    ),
    "a module with a namespace": (
        "urlpatterns = [path('p/', include(('shop.parts', 'p'), namespace='q'))]\n",
        ["/p/", "/p/a/"],
    ),
    "a list with a namespace": (
        "inner = [path('a/', views.home)]\nurlpatterns = [path('p/', include((inner, 'p')))]\n",
        ["/p/a/"],
    ),
    "a list in place": ("urlpatterns = [path('p/', include([path('a/', views.home)]))]\n", ["/p/a/"]),
    "one list under two paths": (
        "inner = [path('a/', views.home)]\nurlpatterns = [path('p/', include(inner)), path('q/', include(inner))]\n",
        ["/p/a/", "/q/a/"],
    ),
    "what a star import brings": (
        "from shop.parts import *\nurlpatterns += [path('z/', views.home)]\n",
        ["/", "/a/", "/z/"],
    ),
    "expressions": (
        "urlpatterns = [re_path(r'^x/(?P<slug>[-\\w]+)/(\\d+)/$', views.home)]\n",
        ["/x/<slug>/<var>/"],
    ),
    "an expression that includes": (
        "urlpatterns = [re_path(r'^p/', include('shop.parts'))]\n",
        ["/p/", "/p/a/"],
    ),
    "a path from settings": ("urlpatterns = [path(settings.ADMIN, views.home)]\n", ["/secret/"]),
    "languages in front": (
        "from django.conf.urls.i18n import i18n_patterns\nurlpatterns = i18n_patterns(path('x/', views.home))\n",
        ["/de/x/"],
    ),
    "no default language in front": (
        (
            "from django.conf.urls.i18n import i18n_patterns\n"
            "urlpatterns = i18n_patterns(path('x/', views.home), prefix_default_language=False)\n"
        ),
        ["/x/"],
    ),
    "translated paths": (
        "from django.utils.translation import gettext_lazy as _\nurlpatterns = [path(_('about/'), views.home)]\n",
        ["/about/"],
    ),
    "a view that is called urls": (
        "from shop.views import home as urls\nurlpatterns = [path('x/', urls)]\n",
        ["/x/"],
    ),
    "a view by its name": (
        "from django.conf.urls import url\nurlpatterns = [url(r'^x$', 'shop.views.home')]\n",
        ["/x"],
    ),
    "a list that a function makes longer": (
        (
            "def more(urlpatterns):\n    if settings.X:\n        return urlpatterns\n    return urlpatterns + [path('y/', views.home)]\n"
            "urlpatterns = [path('x/', views.home)]\nurlpatterns = more(urlpatterns)\n"
        ),
        ["/x/", "/y/"],
    ),
}


@pytest.mark.parametrize(("urls", "expected"), LISTED.values(), ids=LISTED.keys())
def test_patterns_are_listed_as_the_resolver_lists_them(
    project: Write, urls: str, expected: list[str]
) -> None:
    assert seen(project, urls) == expected


METHODS = {
    "a function": ("def v(request): ...\n", "views.v", "GET"),
    "one that takes a form only": (
        "from django.views.decorators.http import require_POST\n@require_POST\ndef v(request): ...\n",
        "views.v",
        "POST",
    ),
    "methods as a list": (
        "from django.views.decorators.http import require_http_methods\n@require_http_methods(['PUT', 'DELETE'])\ndef v(r): ...\n",
        "views.v",
        "PUT",
    ),
    "the API's decorator": (
        "from rest_framework.decorators import api_view\n@api_view(['GET', 'POST'])\ndef v(request): ...\n",
        "views.v",
        "GET",
    ),
    "a class": (
        "from django.views import View\nclass V(View):\n    def post(self, r): ...\n",
        "views.V.as_view()",
        "POST",
    ),
    "a class with a base of the project": (
        "from django.views import View\nclass B(View):\n    def delete(self, r): ...\nclass V(B): ...\n",
        "views.V.as_view()",
        "DELETE",
    ),
    "a class of the framework's": (
        "from rest_framework.generics import CreateAPIView\nclass V(CreateAPIView): ...\n",
        "views.V.as_view()",
        "POST",
    ),
    "actions by method": (
        "from rest_framework.viewsets import ViewSet\nclass V(ViewSet): ...\n",
        "views.V.as_view({'post': 'create'})",
        "POST",
    ),
    "a wrapped view": (
        "from django.views import View\nclass V(View):\n    def post(self, r): ...\n",
        "csrf_exempt(cache_page(60)(views.V.as_view()))",
        "POST",
    ),
}


@pytest.mark.parametrize(("views", "written", "method"), METHODS.values(), ids=METHODS.keys())
def test_the_method_is_what_the_view_answers(project: Write, views: str, written: str, method: str) -> None:
    files = {
        **BASE,
        "shop/views.py": views,
        "shop/urls.py": IMPORTS + f"urlpatterns = [path('x/', {written})]\n",
    }
    assert [item.method for item in analyze(project(files)).endpoints] == [method]


UNSEEN = {
    "the admin site": (
        "urlpatterns = [path('admin/', admin.site.urls)]\n",
        "the admin site answers below /admin/",
    ),
    "an included package": (
        "urlpatterns = [path('accounts/', include('allauth.urls'))]\n",
        "`allauth.urls` answers below /accounts/",
    ),
    "a path known at run time": (
        "import os\nurlpatterns = [path(os.environ['P'], views.home)]\n",
        "the route of a pattern",
    ),
    "a list made at run time": ("import api\nurlpatterns = api.make()\n", "at run time only"),
}


@pytest.mark.parametrize(("urls", "note"), UNSEEN.values(), ids=UNSEEN.keys())
def test_what_reading_cannot_tell_is_said(project: Write, urls: str, note: str) -> None:
    analysis = analyze(project({**BASE, "shop/urls.py": IMPORTS + urls}))
    assert any(note in item for item in analysis.unseen), analysis.unseen


def test_a_list_that_a_function_computes_is_said_where_it_is_asked_for(project: Write) -> None:
    lists = """
    from django.urls import path
    class Actions:
        @classmethod
        def get_urls(cls, base):
            return [path(f"{base}/{action}/", cls.as_view()) for action in cls.actions]
    """
    urls = "from shop.lists import Actions\nurlpatterns = [\n    *Actions.get_urls('a'),\n    *Actions.get_urls('b'),\n]\n"
    analysis = analyze(project({**BASE, "shop/lists.py": lists, "shop/urls.py": IMPORTS + urls}))
    asked = [
        number for number, line in enumerate((IMPORTS + urls).strip().splitlines(), 1) if "*Actions" in line
    ]
    note = "`Actions.get_urls`() gives URL patterns at run time only"
    assert analysis.unseen == [f"shop/urls.py:{line}: {note}" for line in asked]


def test_web_sockets_of_channels_are_endpoints_beside_the_resolver(project: Write) -> None:
    asgi = """
    from channels.routing import ProtocolTypeRouter, URLRouter
    from django.core.asgi import get_asgi_application
    from django.urls import re_path
    application = ProtocolTypeRouter(
        {"http": get_asgi_application(), "websocket": URLRouter([re_path(r"^ws/(?P<room>\\w+)/$", consumer)])}
    )
    """
    files = {**BASE, "shop/asgi.py": asgi, "shop/urls.py": IMPORTS + "urlpatterns = [path('', views.home)]\n"}
    endpoints = [(item.method, item.path) for item in analyze(project(files)).endpoints]
    assert endpoints == [("GET", "/"), ("WEBSOCKET", "/ws/<room>/")]


def test_a_list_that_includes_itself_ends(project: Write) -> None:
    urls = "urlpatterns = [path('a/', include('shop.urls')), path('', views.home)]\n"
    assert "/" in seen(project, urls)


def _template_of(route: str) -> str:
    path = ROOT / "template" / "{{ django_dir }}" / "instrumentation" / "routes.py"
    spec = importlib.util.spec_from_file_location("generated_routes", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.template_of(route))


@pytest.mark.parametrize(
    "route",
    [
        "",
        "orders/<int:pk>/",
        "^$",
        r"^orders/(?P<pk>[0-9]+)/$",
        r"api/items/(?P<pk>[^/.]+)\.(?P<format>[a-z0-9]+)/?$",
        r"^a/(?:b/)?(\d{2})/\Z",
        r"^(?P<year>(19|20)\d\d)/x\.html$",
        r"c/[^]()]+/(?i)(?=x)",
    ],
)
def test_a_route_is_shown_as_the_generated_package_shows_it(route: str) -> None:
    assert shown_route(route) == _template_of(route)
