#!/bin/sh
# Make a database where the volume holds none, then become the server.
set -eu

: "${POSTGRES_USER:=postgres}"
: "${POSTGRES_DB:=$POSTGRES_USER}"

make_cluster() {
    if [ -z "${POSTGRES_PASSWORD:-}" ]; then
        echo "POSTGRES_PASSWORD is empty: the database's user needs a password" >&2
        exit 1
    fi
    (umask 077 && printf '%s\n' "$POSTGRES_PASSWORD" > /tmp/password)
    initdb --pgdata="$1" --username="$POSTGRES_USER" --pwfile=/tmp/password \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    rm /tmp/password
    echo "host all all all scram-sha-256" >> "$1/pg_hba.conf"
    if [ "$POSTGRES_DB" != postgres ]; then
        # On its socket alone: nobody takes it for the server yet.
        pg_ctl --pgdata="$1" --options="-c listen_addresses='' -k /tmp" --wait start
        createdb --host=/tmp --username="$POSTGRES_USER" --maintenance-db=postgres "$POSTGRES_DB"
        pg_ctl --pgdata="$1" --mode=fast --wait stop
    fi
}

if [ "${1:-}" != postgres ]; then
    exec "$@"
fi
if [ ! -d "$PGDATA" ]; then
    # One that was cut short is no database.
    rm -rf "$PGDATA.new"
    make_cluster "$PGDATA.new"
    mv "$PGDATA.new" "$PGDATA"
fi
shift
exec postgres -c listen_addresses='*' -k /tmp "$@"
