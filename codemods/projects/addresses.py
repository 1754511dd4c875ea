"""Addresses of servers: which server one is for, and its shape with places for host, port and password."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from codemods.projects.facts import detection, server_addresses

# `jdbc:h2:mem:shop` and `sqlite:shop.db` have no slashes.
_SCHEME = re.compile(
    r"((?:jdbc:|r2dbc:)(?:pool:)?[a-z0-9]+)(?=:)|([A-Za-z][\w+.-]*)(?=://)|(sqlite|file)(?=:)"
)
_USUAL = re.compile(r"^(?P<scheme>[^:]+)://(?:(?P<user>[^:@/]+):[^@]*@)?(?P<where>[^/]*)(?P<path>/.*)?$")


def scheme_of(address: str) -> str:
    """Return the scheme of an address, with the driver and without the slashes; empty when it is none."""
    match = _SCHEME.match(address.strip().strip("\"'"))
    return next((group for group in match.groups() if group), "").replace("pool:", "") if match else ""


def is_local(address: str) -> bool:
    """Say whether an address is that of a database inside the process."""
    scheme = scheme_of(address).lower()
    return bool(scheme) and (
        scheme in detection().local_schemes or scheme.partition("+")[0] in detection().local_schemes
    )


def server_of(address: str) -> str:
    """Return the server that an address is for; empty when it is none of those that are known."""
    scheme = scheme_of(address).lower()
    plain = scheme.partition("+")[0]
    for name, signs in detection().servers.items():
        if scheme in signs.schemes or plain in signs.schemes:
            return name
    return ""


def shape(server: str, address: str = "", scheme: str = "") -> str:
    """Return the address of a server that a pipeline starts, written as the project writes its own.

    Args:
        server: The server's name, a key of ``pipelines/services.yml``.
        address: An address of the project's; its scheme, its query and the number of a Redis database are kept.
        scheme: The scheme to take where there is no address.

    Returns:
        The address with ``{host}``, ``{port}`` and ``{password}``.
    """
    usual = server_addresses()[server]
    parts = _USUAL.match(usual)
    if not parts:
        return usual
    written = scheme_of(address) or scheme or parts["scheme"]
    written = detection().plain_schemes.get(written, written)
    query = _query(address)
    if written.startswith(("jdbc:", "r2dbc:")):
        return f"{written}://{parts['where'].rpartition('@')[2]}{parts['path'] or ''}{query}"
    account = usual.partition("://")[2].partition("@")[0] + "@" if "@" in usual else ""
    number = re.search(r"/(\d+)(?:\?|$)", address) if server == "redis" else None
    path = f"/{number[1]}" if number else parts["path"] or ""
    return f"{written}://{account}{parts['where']}{path}{query}"


def _query(address: str) -> str:
    """Return the query of an address without accounts and without what is filled in elsewhere."""
    text = address.strip().strip("\"'").partition("?")[2]
    if not text or "$" in text or "{" in text:
        return ""
    hidden = ("user", "password", "ssl", "tls", "auth", "replicaset", "token", "key")
    kept = [
        (name, value) for name, value in parse_qsl(text) if not any(word in name.lower() for word in hidden)
    ]
    return f"?{urlencode(kept)}" if kept else ""


def account(server: str) -> tuple[str, str]:
    """Return the user and the database of a server that a pipeline starts; empty texts where it has none."""
    parts = _USUAL.match(server_addresses().get(server, ""))
    return ((parts["user"] or ""), (parts["path"] or "").strip("/")) if parts else ("", "")
