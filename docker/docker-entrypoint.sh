#!/bin/sh
# Run the command that was given, untouched; given none, serve the app.
set -eu

if [ "$#" -eq 0 ]; then
    # Both are the image's own settings, written as a shell would take them.
    sh -euc "${PRESTART:-}"
    set -- sh -euc "exec $SERVE"
fi
exec "$@"
