#!/usr/bin/env bash
# Puts a container engine on a Debian machine, for the tests of generated images: dockerd, BuildKit and Compose.
#
#   bash tests/support/install_engine.sh     root is needed: containers are made by root
#
# Nothing is started, and nothing is done twice. The engine is unpacked, not installed, into
# ${RELEASE_QUALITY_ENGINE:-${XDG_CACHE_HOME:-~/.cache}/release-quality/engine}; Debian's stable releases have an older
# Compose, so it comes from the suite below, by the mirror that this machine uses anyway and under Debian's signature.
# runc comes from the machine's own release, because a newer one needs a newer C library.
set -euo pipefail

suite=forky
packages=(docker.io docker-cli docker-buildx docker-compose containerd tini prometheus promtool)
home=${RELEASE_QUALITY_ENGINE:-${XDG_CACHE_HOME:-$HOME/.cache}/release-quality/engine}

say() { printf 'install_engine: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail 'root is needed'
command -v apt-get > /dev/null || fail 'this is for Debian; install Docker by hand, with Compose 2.40 or newer'

missing=()
command -v runc > /dev/null || missing+=(runc)
command -v iptables > /dev/null || missing+=(iptables)
command -v mmdebstrap > /dev/null || missing+=(mmdebstrap)
if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}" > /dev/null
fi

if [ "$(cat "$home/suite" 2> /dev/null)" != "$suite ${packages[*]}" ]; then
    say "unpacking ${packages[*]} of $suite"
    rm -rf "$home"
    mkdir -p "$home/bin" "$home/config/cli-plugins" "$home/root"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/lists/partial" "$work/archives/partial"
    mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' | grep -v security | sed -n 1p)
    printf 'deb %s %s main\n' "$mirror" "$suite" > "$work/sources.list"
    apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
        -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
    "${apt[@]}" update
    (cd "$work" && "${apt[@]}" download "${packages[@]}" > /dev/null)
    for package in "$work"/*.deb; do dpkg -x "$package" "$home/root"; done
    ln -s "$home"/root/usr/bin/* "$home"/root/usr/sbin/* "$home/bin/"
    # The name under which dockerd looks for it, when a container asks for `init`; it runs with the container's C library.
    ln -sf "$home/root/usr/bin/tini" "$home/bin/docker-init"
    ln -s "$home"/root/usr/libexec/docker/cli-plugins/* "$home/config/cli-plugins/"
    printf '%s' "$suite ${packages[*]}" > "$home/suite"
fi
say "ready: $("$home/bin/dockerd" --version), Compose $("$home/bin/docker-compose" version --short)"
