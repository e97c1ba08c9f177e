#!/usr/bin/env bash
# Every check that needs no running server; all are run, and any failure fails the whole.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

# Settings are loaded, servers are not started.
export SERVICES=none DATABASE_URL= REDIS_URL= PYTHONUTF8=1
bin=.venv/bin
failed=

check() {
    local name=$1
    shift
    if run "$@"; then say "ok      $name"; else say "FAILED  $name" && failed="$failed $name"; fi
}

check format $bin/ruff format --check --quiet .
check rules $bin/ruff check --quiet .
check templates $bin/djlint --quiet --lint templates
check imports $bin/lint-imports --no-cache
check types $bin/mypy
# It also asks the database for its history, which is nowhere here, and warns that it did not answer.
check migrations $bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

[ -z "$failed" ] || fail "make lint:$failed"
