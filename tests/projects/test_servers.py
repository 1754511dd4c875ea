"""Which servers a project needs, and by which variables its code is told where they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from projects.samples import package, pom

from codemods.projects.addresses import is_local, scheme_of, server_of, shape
from codemods.projects.facts import detection, server_addresses

if TYPE_CHECKING:
    from projects.conftest import Read

COMPOSE = "services:\n  web:\n    build: .\n    environment:\n      - CACHE_URL=redis://cache:6379/2\n  cache:\n    image: docker.io/bitnami/redis:7\n  admin:\n    image: adminer\n"
MARIADB = "services:\n  db:\n    image: mariadb:11\n"
OVERRIDE = "services:\n  web:\n    environment: !override\n      A: b\n  db:\n    image: postgis/postgis:16-3.4@sha256:ab\n"
PRISMA = 'datasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n'
CONFIGURED = "spring:\n  datasource:\n    url: ${DB_URL:jdbc:postgresql://localhost:5432/shop?ssl=false}\n    username: ${DB_USER:shop}\n"

# files -> (servers that a pipeline starts, others, a part of a warning)
CASES = {
    "none": ({"requirements.txt": "flask\n"}, ((), (), "")),
    "SQLite needs none": (
        {
            "requirements.txt": "sqlalchemy\naiosqlite\n",
            "app.py": 'import os\nURL = os.environ.get("DATABASE_URL", "sqlite:///shop.db")\n',
        },
        ((), (), ""),
    ),
    "drivers of Python": (
        {"requirements.txt": "psycopg[binary]>=3\nredis\npika\n"},
        (("postgresql", "redis", "rabbitmq"), (), ""),
    ),
    "an extra is a driver": ({"requirements.txt": "celery[redis]==5.5\n"}, (("redis",), (), "")),
    "without it, it is none": ({"requirements.txt": "celery==5.5\n"}, ((), (), "")),
    "an extra of Poetry": (
        {
            "pyproject.toml": '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\nceleRy = {version = "5", extras = ["Redis"]}\n'
        },
        (("redis",), (), ""),
    ),
    "a name that only begins like one": (
        {"requirements.txt": "psycopg-stubs\nredis-benchmark-tools\n"},
        ((), (), ""),
    ),
    "a file for the running service": (
        {"requirements/base.txt": "django\n", "requirements/production.txt": "-r base.txt\npsycopg2\n"},
        (("postgresql",), (), ""),
    ),
    "drivers of the documentation do not count": (
        {"requirements.txt": "flask\n", "requirements-docs.txt": "psycopg2\n"},
        ((), (), ""),
    ),
    "drivers of Node": (
        {"package.json": package(dependencies={"express": "5", "pg": "8", "mongoose": "9", "bullmq": "5"})},
        (("postgresql", "mongodb", "redis"), (), ""),
    ),
    "Prisma": (
        {"package.json": package(dependencies={"@prisma/client": "7"}), "prisma/schema.prisma": PRISMA},
        (("postgresql",), (), ""),
    ),
    "drivers of Java": (
        {"pom.xml": pom(dependencies="postgresql:runtime spring-boot-starter-data-redis")},
        (("postgresql", "redis"), (), ""),
    ),
    "a database of tests is in the process": (
        {"pom.xml": pom(dependencies="postgresql:runtime h2:test")},
        (("postgresql",), (), ""),
    ),
    "unless told otherwise it uses its own": (
        {
            "pom.xml": pom(dependencies="postgresql:runtime h2:runtime"),
            "src/main/resources/application-pg.properties": "spring.datasource.url=jdbc:postgresql://localhost/a\n",
        },
        ((), (), "postgresql left out"),
    ),
    "told otherwise": (
        {
            "pom.xml": pom(dependencies="postgresql:runtime h2:runtime"),
            "src/main/resources/application.yml": CONFIGURED,
        },
        (("postgresql",), (), ""),
    ),
    "compose alone is weaker, and told": (
        {
            "requirements.txt": "flask\n",
            "compose.yaml": "services:\n  mq:\n    image: rabbitmq:4-management\n",
        },
        (("rabbitmq",), (), "no package of the project"),
    ),
    "a tool's database is no second one": (
        {
            "requirements.txt": "psycopg\n",
            "compose.yaml": "services:\n  db: {image: postgres:18}\n  metabase-db: {image: mysql}\n",
        },
        (("postgresql",), (), ""),
    ),
    "MariaDB for MySQL's driver": (
        {"requirements.txt": "pymysql\n", "docker-compose.yml": MARIADB},
        (("mariadb",), (), ""),
    ),
    "tags and owners of images": (
        {"requirements.txt": "psycopg\n", "compose.override.yml": OVERRIDE},
        (("postgresql",), (), ""),
    ),
    "Kafka is named, although no pipeline starts it": (
        {"package.json": package(dependencies={"express": "5", "kafkajs": "2"})},
        ((), ("kafka",), "start it in the pipeline yourself"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_the_servers(
    project: Read, files: dict[str, str | bytes], expected: tuple[tuple[str, ...], tuple[str, ...], str]
) -> None:
    found = project(files)
    assert (found.services_needed, found.other_services) == expected[:2]
    about = [text for text in found.warnings if not text.startswith("several")]
    assert any(expected[2] in text for text in about) if expected[2] else not about
    assert {item.service for item in found.service_evidence} == {*expected[0], *expected[1]}


SETTINGS = """
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    model_config = {"env_prefix": "SHOP_"}
    # database_url: str = "mysql://nobody@reads/this"
    database_url: str
    redis_host: str = "localhost"
    redis_port: int = 6379
    broker: str = Field(default="amqp://guest:guest@localhost//", validation_alias="BROKER_URL")
    name: str = "shop"


class Order:
    cache_url: str
"""
NODE = "const { PGHOST, PGPORT = '5432', PGUSER, PGPASSWORD, PGDATABASE } = process.env;\nconst url = process.env.REDIS_URL ?? 'redis://localhost:6379/3';\n// process.env.MONGO_URL\n"

# files -> the variables
VARIABLES = {
    "none": ({"requirements.txt": "psycopg\n"}, {}),
    "the scheme of an example is kept, its account is not": (
        {
            "requirements.txt": "asyncpg\nsqlalchemy\n",
            "app.py": 'import os\nURL = os.environ["DATABASE_URL"]\n',
            ".env.example": "export DATABASE_URL='postgresql+asyncpg://me:secret@db:5432/mine?timeout=5&sslmode=require'  # here\n",
        },
        {"DATABASE_URL": "postgresql+asyncpg://app:{password}@{host}:{port}/app?timeout=5"},
    ),
    "without an example the driver tells the scheme": (
        {
            "requirements.txt": "asyncpg\nsqlalchemy\n",
            "app.py": 'import os\nURL = os.getenv("DATABASE_URL")\n',
        },
        {"DATABASE_URL": "postgresql+asyncpg://app:{password}@{host}:{port}/app"},
    ),
    "a database of the desk is replaced": (
        {
            "requirements.txt": "psycopg\nsqlalchemy\n",
            "app.py": 'import os\nURL = os.getenv("DATABASE_URL", "sqlite:///shop.db")\n',
        },
        {"DATABASE_URL": "postgresql+psycopg://app:{password}@{host}:{port}/app"},
    ),
    "what nothing reads is left out": (
        {
            "requirements.txt": "redis\n",
            "app.py": 'import os\nURL = os.environ["REDIS_URL"]\n',
            ".env.example": "OLD_REDIS_URL=redis://a\nREDIS_URL=rediss://:pw@cache:6380/4\n",
        },
        {"REDIS_URL": "redis://{host}:{port}/4"},
    ),
    "Django's packages read what they do not name": (
        {
            "requirements.txt": "django\npsycopg\ndj-database-url\n",
            "settings.py": "import dj_database_url\nDATABASES = {'default': dj_database_url.config(conn_max_age=60)}\n",
        },
        {"DATABASE_URL": "postgresql://app:{password}@{host}:{port}/app"},
    ),
    "one variable for each part": (
        {
            "requirements.txt": "pymysql\n",
            "app.py": "from os import environ\nA = environ['DB_HOST'], environ.get('DB_PORT', '3306'), environ['DB_USER'], environ['DB_PASSWORD'], environ['DB_NAME'], environ['DB_POOL_SIZE']\n",
        },
        {
            "DB_HOST": "{host}",
            "DB_PORT": "{port}",
            "DB_USER": "app",
            "DB_PASSWORD": "{password}",
            "DB_NAME": "app",
        },
    ),
    "fields of pydantic's settings": (
        {"requirements.txt": "psycopg\nredis\npika\npydantic-settings\n", "settings.py": SETTINGS},
        {
            "SHOP_DATABASE_URL": "postgresql://app:{password}@{host}:{port}/app",
            "SHOP_REDIS_HOST": "{host}",
            "SHOP_REDIS_PORT": "{port}",
            "BROKER_URL": "amqp://app:{password}@{host}:{port}/",
        },
    ),
    "tests read for themselves": (
        {"requirements.txt": "redis\n", "tests/test_a.py": 'import os\nA = os.environ["REDIS_URL"]\n'},
        {},
    ),
    "Node": (
        {"package.json": package(dependencies={"express": "5", "pg": "8", "redis": "5"}), "src/db.ts": NODE},
        {
            "PGHOST": "{host}",
            "PGPORT": "{port}",
            "PGUSER": "app",
            "PGPASSWORD": "{password}",
            "PGDATABASE": "app",
            "REDIS_URL": "redis://{host}:{port}/3",
        },
    ),
    "Mongo for a database's own name": (
        {
            "package.json": package(dependencies={"express": "5", "mongoose": "9"}),
            "app.js": "mongoose.connect(process.env.DATABASE_URL)\n",
        },
        {"DATABASE_URL": "mongodb://{host}:{port}/app"},
    ),
    "compose tells where no code does": (
        {"requirements.txt": "redis\n", "compose.yml": COMPOSE},
        {"CACHE_URL": "redis://{host}:{port}/2"},
    ),
    "places of Spring's settings": (
        {"pom.xml": pom(dependencies="postgresql:runtime"), "src/main/resources/application.yml": CONFIGURED},
        {"DB_URL": "jdbc:postgresql://{host}:{port}/app", "DB_USER": "app"},
    ),
    "Spring's own names where its settings have none": (
        {
            "pom.xml": pom(dependencies="postgresql:runtime spring-boot-starter-data-redis"),
            "src/main/resources/application.properties": "spring.datasource.url=jdbc:postgresql://localhost/shop\n",
        },
        {
            "SPRING_DATASOURCE_URL": "jdbc:postgresql://{host}:{port}/app",
            "SPRING_DATASOURCE_USERNAME": "app",
            "SPRING_DATASOURCE_PASSWORD": "{password}",
            "SPRING_DATA_REDIS_HOST": "{host}",
            "SPRING_DATA_REDIS_PORT": "{port}",
        },
    ),
    "names about something else": (
        {
            "requirements.txt": "psycopg\nredis\n",
            "app.py": 'import os\nA = os.environ["GEOIP_DATABASE_URL"], os.environ["QUEUE_NAME"], os.environ["HOST"], os.environ["WEBHOOK_URL"]\n',
        },
        {},
    ),
}


@pytest.mark.parametrize(("files", "expected"), VARIABLES.values(), ids=VARIABLES)
def test_the_variables(project: Read, files: dict[str, str | bytes], expected: dict[str, str]) -> None:
    found = project(files)
    assert {item.name: item.value for item in found.variables} == expected
    assert {item.service for item in found.variables} <= set(found.services_needed)


ADDRESSES = [
    ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg", "postgresql"),
    ("postgres://${USER}:${PW}@db/${DB}", "postgres", "postgresql"),
    ("jdbc:mysql://h:3306/d?useSSL=false", "jdbc:mysql", "mysql"),
    ("r2dbc:pool:postgresql://h/d", "r2dbc:postgresql", "postgresql"),
    ("mongodb+srv://h/d", "mongodb+srv", "mongodb"),
    ("jdbc:h2:mem:shop", "jdbc:h2", ""),
    ("sqlite:///shop.db", "sqlite", ""),
    ("https://example.org", "https", ""),
    ("localhost:6379", "", ""),
    ("", "", ""),
    ("password", "", ""),
]


@pytest.mark.parametrize(("address", "scheme", "server"), ADDRESSES)
def test_addresses(address: str, scheme: str, server: str) -> None:
    assert (scheme_of(address), server_of(address)) == (scheme, server)
    assert is_local(address) is (scheme in {"sqlite", "jdbc:h2"})


def test_no_word_of_a_project_reaches_an_address_but_its_scheme_and_query() -> None:
    hostile = "postgresql://a:b@$(reboot)/x?application_name=$(id)"
    assert shape("postgresql", hostile) == "postgresql://app:{password}@{host}:{port}/app"
    quoted = shape("postgresql", "postgresql://h/x?options=%22;id&a=';rm")
    assert re.fullmatch(r"[A-Za-z0-9_.:/@?&={}+%-]*", quoted)


def test_every_server_that_a_pipeline_starts_can_be_found() -> None:
    assert set(server_addresses()) <= set(detection().servers)
