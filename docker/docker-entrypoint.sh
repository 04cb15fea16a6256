#!/bin/sh
# Run the command that was given, untouched; given none, serve the app.
set -eu

# On a read-only root file system, memory is left for temporary files.
if [ ! -w "${TMPDIR:-/tmp}" ]; then
    export TMPDIR=/dev/shm
fi

# Where it can be written, as in development, whoever runs this is given a name.
if [ -w /etc/passwd ] && ! id -un > /dev/null 2>&1; then
    echo "developer:x:$(id -u):$(id -g):developer:$HOME:/bin/bash" >> /etc/passwd
fi

if [ "$#" -eq 0 ]; then
    # Both are the image's own settings, written as a shell would take them.
    [ -z "${PRESTART:-}" ] || sh -euc "$PRESTART" || {
        code=$?
        echo "prestart failed with exit code $code: $PRESTART" >&2
        exit "$code"
    }
    # The server takes the shell's place, whatever is set or done before it: `A=1 server`,
    # `cd src && server`.
    server="${SERVE##*'&&'}"
    before="${SERVE%"$server"}"
    server="${server#"${server%%[! ]*}"}"
    set -- sh -euc "${before}exec env ${SHANTY_DEBUG_PORT:+python -S /usr/local/bin/debug.py }${server#exec }"
fi
exec "$@"
