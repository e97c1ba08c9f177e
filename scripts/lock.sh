#!/usr/bin/env bash
# Compile the lock files: one for every Python from 3.11 on, no machine's path or registry in them.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

uv=$(command -v uv || true)
[ -n "$uv" ] || { [ -x .venv/bin/uv ] && uv=.venv/bin/uv; } \
    || fail "make lock needs uv; install it with: .venv/bin/pip install uv"

compile() {
    run "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-annotate --no-header --no-emit-index-url "$@"
}
compile pyproject.toml --group dev --output-file requirements.lock
compile --group pyproject.toml:node --output-file requirements-node.lock
run npm install --package-lock-only --silent
