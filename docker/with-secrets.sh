#!/bin/sh
# Run a command with the build secrets that were given: ca, a CA bundle; pip, a pip.conf; and
# poetry-auth, an auth.toml with the credentials for the indexes that INDEXES lists.
set -eu

if [ -s /run/secrets/ca ]; then
    export SSL_CERT_FILE=/run/secrets/ca
    export PIP_CERT=/run/secrets/ca
    export REQUESTS_CA_BUNDLE=/run/secrets/ca
    export GIT_SSL_CAINFO=/run/secrets/ca
fi

if [ -s /run/secrets/pip ]; then
    export PIP_CONFIG_FILE=/run/secrets/pip
    # uv reads no pip.conf: hand it the settings that say where packages come from. An environment
    # that is active may have no pip to ask for them.
    setting() {
        python -c 'import configparser, sys
parser = configparser.RawConfigParser()
parser.read("/run/secrets/pip", encoding="utf-8")
print(" ".join(parser["global"][sys.argv[1]].split()))' "$1" 2>/dev/null
    }
    if index="$(setting index-url)"; then
        export UV_DEFAULT_INDEX="$index"
    fi
    if index="$(setting extra-index-url)"; then
        export UV_INDEX="$index"
    fi
    if host="$(setting trusted-host)"; then
        export UV_INSECURE_HOST="$host"
    fi
fi

if [ -s /run/secrets/poetry-auth ] && [ -s "${INDEXES:-}" ]; then
    # In memory, and so in no layer.
    export NETRC=/dev/shm/netrc
    (umask 077 && /opt/poetry/bin/python /usr/local/bin/requirements.py netrc "$INDEXES" > "$NETRC")
    trap 'rm -f "$NETRC"' EXIT
    "$@"
    exit
fi

exec "$@"
