#!/usr/bin/env bash
# Builds the OpenTelemetry Collector of the integration tests, once, with Go and the Collector's own builder.
#
#   bash tests/support/install_collector.sh
#
# It takes about 6 minutes of two busy cores. The program (60 MB or so) is kept outside the repository, beside Jaeger's, in
# ${RELEASE_QUALITY_TOOLS:-${XDG_CACHE_HOME:-~/.cache}/release-quality/bin}; a second run only looks.
set -euo pipefail

builder=go.opentelemetry.io/collector/cmd/builder@v0.159.0
manifest=$(cd "$(dirname "$0")" && pwd)/otelcol.yml
tools=${RELEASE_QUALITY_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/release-quality/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf 'install_collector: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

wanted=$(sha256sum < "$manifest")
if [ "$(cat "$tools/otelcol.version" 2> /dev/null)" != "$wanted" ] || [ ! -x "$tools/otelcol" ]; then
    PATH=$PATH:/usr/local/go/bin
    command -v go > /dev/null || fail 'Go 1.25 or newer is needed'
    say 'building the collector, once; this takes some minutes'
    mkdir -p "$tools"
    cd "$work"
    sed "s|^dist:|&\n  output_path: $work/out|" "$manifest" > otelcol.yml
    if ! { GOBIN=$work go install "$builder" && "$work/builder" --config otelcol.yml; } > log 2>&1; then
        tail -n 25 log >&2
        fail 'building failed (the lines above are its last ones)'
    fi
    mv "$work/out/otelcol" "$tools/otelcol"
    printf '%s' "$wanted" > "$tools/otelcol.version"
fi
say "ready: $("$tools/otelcol" --version)"
