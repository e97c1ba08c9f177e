#!/usr/bin/env bash
# The browser of `make e2e`: Debian's Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ -x /usr/bin/chromium ] || apt_install chromium \
    || fail "The browser tests need Chromium; install it with: $(apt_line chromium)"
