#!/bin/sh
# Writes .env from .env.example, with a random password for every name that has no value. An .env that is there stays.
set -eu
cd "$(dirname "$0")"
if [ -e .env ]; then
    echo "make-env: observability/.env is there already; remove it to get new passwords" >&2
    exit 1
fi
umask 077
while IFS= read -r line; do
    case $line in
        [A-Z]*=) line="$line$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" ;;
    esac
    printf '%s\n' "$line"
done < .env.example > .env.new
mv .env.new .env
echo "make-env: wrote observability/.env"
