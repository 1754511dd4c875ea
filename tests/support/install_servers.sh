#!/usr/bin/env bash
# Puts on a Debian machine what the integration tests run against: PostgreSQL, Redis, Prometheus, Jaeger,
# and the browser that looks at reports.
#
#   bash tests/support/install_servers.sh             everything (root is needed only for what apt has to install)
#   bash tests/support/install_servers.sh --no-jaeger without the one part that is compiled
#
# Nothing is started, and nothing is done twice: a second run only looks. Jaeger is built with Go and kept outside the
# repository, in ${RELEASE_QUALITY_TOOLS:-${XDG_CACHE_HOME:-~/.cache}/release-quality/bin}.
set -euo pipefail

# Jaeger 2 is published to Go as a package of the 1.x module: v1.76.0 is the release that ships Jaeger 2.13.0.
# Jaeger 2.14 and later have no version that `go` can ask for. https://www.jaegertracing.io/docs/2.13/deployment/
jaeger_version=v1.76.0
jaeger_hash=h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g=
jaeger_module=github.com/jaegertracing/jaeger

tools=${RELEASE_QUALITY_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/release-quality/bin}
work=$(mktemp -d)
policy=/usr/sbin/policy-rc.d
made_policy=
trap 'rm -rf "$work"; [ -z "$made_policy" ] || rm -f "$policy"' EXIT

say() { printf 'install_servers: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

# Runs a command silently; shows the end of its output only when it fails.
quietly() {
    local what=$1; shift
    "$@" > "$work/log" 2>&1 || { tail -n 25 "$work/log" >&2; fail "$what failed (the lines above are its last ones)"; }
}

have_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || command -v postgres > /dev/null; }
have() { command -v "$1" > /dev/null; }

install_packages() {
    local packages=()
    have redis-server || packages+=(redis-server)
    have prometheus || packages+=(prometheus)
    have_postgresql || packages+=(postgresql)
    have chromium || packages+=(chromium fonts-noto-core)
    [ ${#packages[@]} -gt 0 ] || return 0
    have apt-get || fail "there is no apt-get here; install by hand: ${packages[*]}"
    [ "$(id -u)" = 0 ] || fail "root is needed to install: ${packages[*]}"
    # Debian starts a server as soon as it is installed, unless this file says no.
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod +x "$policy"
        made_policy=yes
    fi
    say "installing ${packages[*]}"
    quietly 'apt-get update' apt-get -qq update
    quietly 'apt-get install' env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install --yes --no-install-recommends "${packages[@]}"
}

find_go() {
    local candidate
    for candidate in "$(command -v go || true)" /usr/local/go/bin/go; do
        if [ -x "$candidate" ]; then printf '%s' "$candidate"; return; fi
    done
    fail 'Go 1.25 or newer is needed to build Jaeger (or leave it out: --no-jaeger)'
}

build_jaeger() {
    local target=$tools/jaeger go cache
    if [ "$(cat "$target.version" 2> /dev/null)" = "$jaeger_version" ] && [ -x "$target" ]; then return 0; fi
    go=$(find_go)
    say "building Jaeger $jaeger_version, once; this takes some minutes"
    mkdir -p "$tools" "$work/build"
    cd "$work/build"
    printf 'module build\n\ngo 1.25\n\nrequire %s %s\n' "$jaeger_module" "$jaeger_version" > go.mod
    printf '%s %s %s\n' "$jaeger_module" "$jaeger_version" "$jaeger_hash" > go.sum
    quietly 'downloading Jaeger' "$go" mod download "$jaeger_module"
    # The hash above vouches for the release, and the release brings the hashes of all its dependencies.
    cache=$("$go" list -mod=mod -m -f '{{.Dir}}' "$jaeger_module")
    cat "$cache/go.sum" >> go.sum
    quietly 'building Jaeger' env GOTOOLCHAIN=local \
        "$go" build -mod=mod -trimpath -ldflags '-s -w' -o "$work/jaeger" "$jaeger_module/cmd/jaeger"
    mv "$work/jaeger" "$target"
    printf '%s' "$jaeger_version" > "$target.version"
}

install_packages
[ "${1:-}" = --no-jaeger ] || build_jaeger
say "ready: $(redis-server --version | cut -d' ' -f1-3), $(prometheus --version 2>&1 | sed -n '1s/ (.*//p')," \
    "PostgreSQL $(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1 | cut -d/ -f5)," \
    "Jaeger $(cat "$tools/jaeger.version" 2> /dev/null || echo 'not built')"
