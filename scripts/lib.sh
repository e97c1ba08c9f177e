# What the other scripts share; sourced, not run.

say() { printf '%s\n' "$*"; }

# One clear sentence and out.
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Run a command so that a signal to this script ends it too. (The shell alone would
# wait for it, or leave it behind.)
child=
stop_child() {
    [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true
    exit 143
}
trap stop_child INT TERM HUP
run() {
    "$@" &
    child=$!
    local code=0
    wait "$child" || code=$?
    child=
    return "$code"
}

# The prefix that lets apt-get install here, or failure where it may not.
apt_prefix() {
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" = 0 ]; then
        echo env
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        echo sudo
    else
        return 1
    fi
}

# The line that a person types to install packages.
apt_line() {
    local sudo=
    [ "$(id -u)" = 0 ] || sudo="sudo "
    printf '%s' "${sudo}apt-get install $*"
}

# apt_install PACKAGE…: true when they are installed now. An update that fails (a foreign
# source that does not answer) is no reason not to try.
apt_install() {
    local prefix log
    prefix=$(apt_prefix) || return 1
    say "Installing $* with apt-get."
    log=$(mktemp)
    run $prefix apt-get update >"$log" 2>&1 || true
    # A fresh machine often installs updates of its own just then: wait for it.
    if run $prefix env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
}

checksum() { cat "$@" | sha256sum | cut -d' ' -f1; }

# fresh STAMP FILE…: true when STAMP holds the checksum of the files.
fresh() {
    local stamp=$1
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(checksum "$@")" ]
}
