"""Settings are read where they are named, however they are split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codemods.analysis import analyze, choose_application, setup_sites
from codemods.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.trees import Write


def wsgi(module: str) -> str:
    return (
        "import os\nfrom django.core.wsgi import get_wsgi_application\n"
        f"os.environ.setdefault('DJANGO_SETTINGS_MODULE', {module})\napplication = get_wsgi_application()\n"
    )


URLS = "from django.urls import path\nurlpatterns = [path('x/', lambda request: None)]\n"
HOME = {"shop/__init__.py": "", "shop/urls.py": URLS}

PLACES: dict[str, Mapping[str, str]] = {
    "a module": {"shop/wsgi.py": wsgi("'shop.settings'"), "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n"},
    "a package by environment": {
        "shop/wsgi.py": wsgi("'shop.settings.production'"),
        "shop/settings/__init__.py": "",
        "shop/settings/base.py": "ROOT_URLCONF = 'shop.urls'\n",
        "shop/settings/production.py": "from .base import *\nDEBUG = False\n",
    },
    "a module that the environment may replace": {
        "shop/wsgi.py": wsgi("os.getenv('SETTINGS', 'shop.settings')"),
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n",
    },
    "assigned to the environment": {
        "shop/wsgi.py": wsgi("'x'").replace(
            "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x')",
            "os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'",
        ),
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n",
    },
    "files that are put together": {
        "shop/wsgi.py": wsgi("'shop.settings'"),
        "shop/settings/__init__.py": "from split_settings.tools import include, optional\n"
        "include('parts/*.py', optional('local.py'))\n",
        "shop/settings/parts/urls.py": "ROOT_URLCONF = 'shop.urls'\n",
    },
    "a class": {
        "shop/wsgi.py": wsgi("'shop.settings'").replace("django.core.wsgi", "configurations.wsgi"),
        "shop/settings.py": "from configurations import Configuration\nclass Prod(Configuration):\n    ROOT_URLCONF = 'shop.urls'\n",
    },
    "named nowhere": {
        "shop/wsgi.py": wsgi("compute()"),
        "shop/conf.py": "ROOT_URLCONF = 'shop.urls'\n",
    },
    "read from the environment, with a default": {
        "shop/wsgi.py": wsgi("'shop.settings'"),
        "shop/settings.py": "from decouple import config\nROOT_URLCONF = config('URLS', default='shop.urls')\n",
    },
}


@pytest.mark.parametrize("files", PLACES.values(), ids=PLACES.keys())
def test_the_root_url_configuration_is_found(project: Write, files: Mapping[str, str]) -> None:
    assert [item.path for item in analyze(project({**HOME, **files})).endpoints] == ["/x/"]


def test_a_settings_module_that_is_not_there_is_said(project: Write) -> None:
    analysis = analyze(project({**HOME, "shop/wsgi.py": wsgi("'shop.secret_settings'")}))
    assert any("`shop.secret_settings`" in note for note in analysis.unseen)


def test_databases_and_caches_are_listed_by_alias_with_what_is_known_of_them(project: Write) -> None:
    settings = """
    import environ
    env = environ.Env()
    REPLICA = {"ENGINE": "django.db.backends.postgresql"}
    DATABASES = {"default": env.db("DATABASE_URL"), "replica": REPLICA}
    DATABASES["reports"] = {"ENGINE": "django.db.backends.sqlite3"}
    CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache"}}
    """
    models = """
    from django.db import models
    class Base(models.Model):
        class Meta:
            abstract = True
    class Item(Base): ...
    class Note(models.Model): ...
    class NoModel: ...
    """
    analysis = analyze(
        project(
            {
                "shop/__init__.py": "",
                "shop/wsgi.py": wsgi("'shop.settings'"),
                "shop/settings.py": settings,
                "shop/models.py": models,
            }
        )
    )
    assert [(item.type, item.detail, item.models) for item in analysis.database_connections] == [
        ("django", "default: env.db()", 2),
        ("django", "replica: django.db.backends.postgresql", 0),
        ("django", "reports: assigned in shop/settings.py", 0),
    ]
    assert [(item.type, item.detail) for item in analysis.cache_connections] == [
        ("django_cache", "default: django_redis.cache.RedisCache")
    ]


SWITCHED_ON = {
    "an application": ("INSTALLED_APPS = ['elasticapm.contrib.django']\n", "elastic_apm"),
    "middleware in a tuple": (
        "MIDDLEWARE = ('django_prometheus.middleware.PrometheusBeforeMiddleware',)\n",
        "prometheus_middleware",
    ),
    "middleware that is added": (
        "MIDDLEWARE = ['a.B']\nMIDDLEWARE += ['django_prometheus.middleware.PrometheusBeforeMiddleware']\n",
        "prometheus_middleware",
    ),
    "middleware that is inserted": (
        "MIDDLEWARE = ['a.B']\nMIDDLEWARE.insert(0, 'django_prometheus.middleware.PrometheusBeforeMiddleware')\n",
        "prometheus_middleware",
    ),
    "a formatter": (
        "LOGGING = {'formatters': {'json': {'()': 'pythonjsonlogger.json.JsonFormatter'}}}\n",
        "json_logging",
    ),
    "what a call sets up": ("import sentry_sdk\nsentry_sdk.init('')\n", "sentry"),
}


@pytest.mark.parametrize(("settings", "kind"), SWITCHED_ON.values(), ids=SWITCHED_ON.keys())
def test_telemetry_that_settings_switch_on_is_found(project: Write, settings: str, kind: str) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/wsgi.py": wsgi("'shop.settings.dev'"),
        "shop/settings/__init__.py": "",
        "shop/settings/base.py": settings,
        "shop/settings/dev.py": "from .base import *\n",
    }
    assert {item.kind for item in analyze(project(files)).existing_instrumentation} == {kind}


MANAGE = """
import os, sys
def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
main()
"""
ASGI = wsgi("'shop.settings'").replace("wsgi", "asgi")


def test_one_project_is_one_choice_with_every_place_that_starts_it(project: Write) -> None:
    files = {**HOME, "manage.py": MANAGE, "shop/wsgi.py": wsgi("'shop.settings'"), "shop/asgi.py": ASGI}
    analysis = analyze(project(files))
    chosen = choose_application(analysis)
    metrics = [item.file for item in setup_sites(analysis, chosen, "metrics")]
    assert metrics == ["shop/asgi.py", "shop/wsgi.py"]
    assert [item.file for item in setup_sites(analysis, chosen, "tracing")] == [*metrics, "manage.py"]


def test_two_projects_are_told_apart(project: Write) -> None:
    other = {"blog/__init__.py": "", "blog/wsgi.py": wsgi("'blog.settings'")}
    analysis = analyze(
        project({**HOME, **other, "manage.py": MANAGE, "shop/wsgi.py": wsgi("'shop.settings'")})
    )
    with pytest.raises(UsageError, match="2 applications could be meant"):
        choose_application(analysis)
    chosen = choose_application(analysis, "blog.wsgi:application")
    assert [item.file for item in setup_sites(analysis, chosen, "metrics")] == ["blog/wsgi.py"]


@pytest.mark.parametrize(
    "made",
    [
        "application = WhiteNoise(get_wsgi_application())",
        "inner = get_wsgi_application()\napplication = Sentry(inner)",
        'application = Router({"http": get_wsgi_application()})',
    ],
)
def test_what_a_server_loads_is_what_the_module_offers(project: Write, made: str) -> None:
    text = wsgi("'shop.settings'").replace("application = get_wsgi_application()", made)
    analysis = analyze(project({**HOME, "shop/wsgi.py": text}))
    assert choose_application(analysis).import_string == "shop.wsgi:application"


def test_the_project_is_imported_from_where_manage_py_stands(project: Write) -> None:
    files = {"shop/__init__.py": "", "shop/wsgi.py": wsgi("'shop.settings'"), "manage.py": MANAGE}
    root = project({f"src/web/{path}": text for path, text in files.items()})
    package = analyze(root).package
    assert package is not None
    assert (package.import_root, package.name) == ("src/web", "shop")


def test_commands_of_the_project_are_entry_points(project: Write) -> None:
    files = {
        **HOME,
        "manage.py": MANAGE,
        "shop/wsgi.py": wsgi("'shop.settings'"),
        "shop/management/commands/__init__.py": "",
        "shop/management/commands/_helper.py": "",
        "shop/management/commands/import_items.py": "class Command: ...\n",
    }
    found = [(item.file, item.detail) for item in analyze(project(files)).entry_points if item.type == "cli"]
    assert found == [("shop/management/commands/import_items.py", "manage.py import_items")]


def test_folders_that_code_puts_on_the_path_hold_modules(project: Write) -> None:
    files = {
        "config/__init__.py": "",
        "config/wsgi.py": "import sys\nsys.path.append(str(BASE / 'apps'))\n" + wsgi("'config.settings'"),
        "config/settings.py": "ROOT_URLCONF = 'config.urls'\n",
        "config/urls.py": "from django.urls import include, path\nurlpatterns = [path('i/', include('items.urls'))]\n",
        "apps/items/__init__.py": "",
        "apps/items/urls.py": URLS,
    }
    assert [item.path for item in analyze(project(files)).endpoints] == ["/i/x/"]
