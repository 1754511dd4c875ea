#!/usr/bin/env bash
# Puts on a machine what reads and runs rendered pipelines in the tests, and is no Python package: gitlab-ci-local (npm), the
# rsync that it calls (apt), and the Groovy that Jenkins runs (Maven Central).
#
#   bash tests/support/install_validators.sh
#
# Nothing is done twice: a second run only looks. All but rsync is kept outside the repository, in
# ${RELEASE_QUALITY_TOOLS:-${XDG_CACHE_HOME:-~/.cache}/release-quality/bin}.
set -euo pipefail

# The last version that runs on Node.js 20; 4.74.0 and newer need 22.
gitlab_ci_local=4.73.0
# Jenkins still runs Groovy 2.4: what newer ones read, it may not. https://www.jenkins.io/doc/developer/groovy/
groovy=2.4.21
groovy_hash=de65260cf2070442e99882f2f3d72e7531725c1e6a257446cc0cea525c607bd0

tools=${RELEASE_QUALITY_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/release-quality/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf 'install_validators: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }
have() { command -v "$1" > /dev/null; }

# Runs a command silently; shows the end of its output only when it fails.
quietly() {
    local what=$1; shift
    "$@" > "$work/log" 2>&1 || { tail -n 25 "$work/log" >&2; fail "$what failed (the lines above are its last ones)"; }
}

install_rsync() {
    have rsync && return 0
    have apt-get || fail 'there is no apt-get here; install rsync by hand'
    [ "$(id -u)" = 0 ] || fail 'root is needed to install rsync'
    say 'installing rsync'
    quietly 'apt-get update' apt-get -qq update
    quietly 'apt-get install' env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends rsync
}

install_gitlab_ci_local() {
    local target=$tools/gitlab-ci-local
    [ ! -x "$target/node_modules/.bin/gitlab-ci-local" ] || return 0
    have npm || fail 'Node.js 20 or newer with npm is needed'
    say "installing gitlab-ci-local $gitlab_ci_local"
    mkdir -p "$target"
    quietly 'npm install' npm install --prefix "$target" --no-audit --no-fund --ignore-scripts "gitlab-ci-local@$gitlab_ci_local"
}

install_groovy() {
    local target=$tools/groovy-all-$groovy.jar
    [ ! -f "$target" ] || return 0
    have mvn || fail 'Java with Maven is needed'
    say "installing Groovy $groovy"
    mkdir -p "$tools"
    quietly 'mvn dependency:copy' mvn --batch-mode dependency:copy "-Dartifact=org.codehaus.groovy:groovy-all:$groovy" \
        "-DoutputDirectory=$work"
    echo "$groovy_hash  $work/groovy-all-$groovy.jar" | sha256sum --check --status || fail 'the jar of Groovy is not the one that is known'
    mv "$work/groovy-all-$groovy.jar" "$target"
}

install_rsync
install_gitlab_ci_local
install_groovy
say "ready: gitlab-ci-local $gitlab_ci_local, Groovy $groovy, $(rsync --version | sed -n '1s/  protocol.*//p')"
