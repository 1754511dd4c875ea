"""Databases, caches, HTTP clients, workers and the ways into the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze

if TYPE_CHECKING:
    from support.trees import Write


APP = "from fastapi import FastAPI\napp = FastAPI()\n"

UNUSED = {
    "only imported for a type": ("from sqlalchemy.engine import Engine\n", "database_connections"),
    "in a docstring": ('"""engine = create_engine("x")"""\nimport sqlalchemy\n', "database_connections"),
    "a function of the same name": (
        "import sqlalchemy\n\ndef create_engine(): ...\n\nengine = create_engine()\n",
        "database_connections",
    ),
    "a client of something else": (
        "from shop_lib import Redis\nimport redis\ncache = Redis()\n",
        "cache_connections",
    ),
}


@pytest.mark.parametrize(("source", "key"), UNUSED.values(), ids=UNUSED.keys())
def test_what_makes_no_connection_is_none(project: Write, source: Any, key: Any) -> None:
    assert getattr(analyze(project({"main.py": APP, "db.py": source})), key) == []


# source of db.py -> (list, type, target, is_async)
CONNECTIONS = {
    "sync engine": (
        "from sqlalchemy import create_engine\nengine = create_engine('x')\n",
        ("database_connections", "sqlalchemy", "db:engine", False),
    ),
    "async engine": (
        "from sqlalchemy.ext.asyncio import create_async_engine as cae\nengine = cae('x')\n",
        ("database_connections", "sqlalchemy", "db:engine", True),
    ),
    "dotted": (
        "import sqlalchemy as sa\nengine = sa.create_engine('x')\n",
        ("database_connections", "sqlalchemy", "db:engine", False),
    ),
    "sqlmodel": (
        "import sqlmodel\ne = sqlmodel.create_engine('x')\n",
        ("database_connections", "sqlalchemy", "db:e", False),
    ),
    "inside a function": (
        "import sqlite3\n\ndef connect():\n    return sqlite3.connect('x')\n",
        ("database_connections", "sqlite3", "", False),
    ),
    "kept on an object": (
        "import asyncpg\n\nclass Db:\n    async def start(self):\n        self.pool = await asyncpg.create_pool('x')\n",
        ("database_connections", "asyncpg", "", True),
    ),
    "psycopg pool": (
        "from psycopg_pool import AsyncConnectionPool\npool = AsyncConnectionPool('x', open=False)\n",
        ("database_connections", "psycopg", "db:pool", True),
    ),
    "redis": (
        "import redis\ncache = redis.Redis.from_url('x')\n",
        ("cache_connections", "redis", "db:cache", False),
    ),
    "async redis": (
        "from redis import asyncio as aioredis\ncache = aioredis.from_url('x')\n",
        ("cache_connections", "redis", "db:cache", True),
    ),
    "httpx": (
        "from httpx import AsyncClient\nclient = AsyncClient()\n",
        ("http_clients", "httpx", "db:client", True),
    ),
    "requests": (
        "import requests\n\ndef f():\n    return requests.get('x')\n",
        ("http_clients", "requests", "", False),
    ),
    "aiohttp": (
        "import aiohttp\n\nasync def f():\n    async with aiohttp.ClientSession() as session:\n        pass\n",
        ("http_clients", "aiohttp", "", True),
    ),
}


@pytest.mark.parametrize(("source", "expected"), CONNECTIONS.values(), ids=CONNECTIONS.keys())
def test_connections(project: Write, source: Any, expected: Any) -> None:
    key, *rest = expected
    analysis = analyze(project({"main.py": APP, "db.py": source}))
    assert [[item.type, item.target, item.is_async] for item in getattr(analysis, key)] == [rest]
    assert rest[0] in analysis.libraries


def test_several_engines_are_several_connections_and_models_count_once(project: Write) -> None:
    root = project(
        {
            "main.py": APP,
            "db.py": """
            from sqlalchemy import create_engine
            from sqlalchemy.orm import DeclarativeBase
            read = create_engine("a")
            write = create_engine("b")

            class Base(DeclarativeBase): ...
            """,
            "models.py": """
            from db import Base

            class Stamped(Base):
                __abstract__ = True

            class User(Stamped): ...

            class Order(Base): ...

            class Mixin: ...
            """,
        }
    )
    assert [(item.target, item.models) for item in analyze(root).database_connections] == [
        ("db:read", 2),
        ("db:write", 0),
    ]


MODELS = {
    "declarative_base": "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n\nclass A(Base): ...\n",
    "as_declarative": "from sqlalchemy.ext.declarative import as_declarative\n\n@as_declarative()\nclass Base: ...\n\nclass A(Base): ...\n",
    "sqlmodel": "from sqlmodel import SQLModel\n\nclass Common(SQLModel): ...\n\nclass A(Common, table=True): ...\n",
}


@pytest.mark.parametrize("source", MODELS.values(), ids=MODELS.keys())
def test_models(project: Write, source: Any) -> None:
    engine = "from sqlalchemy import create_engine\nengine = create_engine('x')\n"
    [found] = analyze(project({"main.py": APP, "db.py": engine + source})).database_connections
    assert found.models == 1


def test_databases_are_left_out_on_request(project: Write) -> None:
    root = project({"main.py": APP, "db.py": CONNECTIONS["sync engine"][0]})
    assert analyze(root, detect_database=False).database_connections == []


def test_engines_of_migrations_and_tests_are_not_the_services(project: Write) -> None:
    source = CONNECTIONS["sync engine"][0]
    root = project({"main.py": APP, "migrations/env.py": source, "tests/conftest.py": source})
    assert analyze(root).database_connections == []


def test_entry_points(project: Write) -> None:
    root = project(
        {
            "main.py": APP
            + "from fastapi import BackgroundTasks\n\n@app.post('/')\ndef send(tasks: BackgroundTasks):\n    tasks.add_task(print)\n",
            "worker.py": "from celery import Celery\ncelery = Celery(__name__)\n\n@celery.task\ndef resize(): ...\n",
            "tasks.py": "from celery import shared_task\nfrom worker import celery as queue\n\n@shared_task\ndef one(): ...\n\n@queue.task(bind=True)\ndef two(self): ...\n",
            "jobs.py": "from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()\n",
            "queues.py": "import rq\nqueue = rq.Queue(connection=None)\n",
            "cli.py": "import typer\ncli = typer.Typer()\n\ndef main(): cli()\n",
            "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "cli:main"\n',
            "tests/test_tasks.py": "from celery import Celery\ncelery = Celery('t')\n",
        }
    )
    assert [(item.file, item.type, item.app, item.detail) for item in analyze(root).entry_points] == [
        ("cli.py", "cli", "cli:main", "shop"),
        ("jobs.py", "background_task", "jobs:scheduler", "apscheduler"),
        ("main.py", "api", "main:app", "fastapi"),
        ("main.py", "background_task", "", "BackgroundTasks"),
        ("queues.py", "background_task", "queues:queue", "rq"),
        ("tasks.py", "background_task", "", "tasks: one, two"),
        ("worker.py", "background_task", "", "tasks: resize"),
        ("worker.py", "background_task", "worker:celery", "celery"),
    ]


def test_async_operations_are_real_functions(project: Write) -> None:
    root = project(
        {
            "main.py": APP,
            "work.py": '"""async def shown(): ..."""\n# async def commented(): ...\nTEXT = "async def quoted(): ..."\n\n\nasync def real(): ...\n\n\nclass A:\n    async def method(self): ...\n',
        }
    )
    assert analyze(root).async_operations == [{"file": "work.py", "functions": ["real", "method"]}]
