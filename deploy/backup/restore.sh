#!/bin/sh
# Lay out a data directory that recovers to a moment when PostgreSQL is started on it:
#   restore.sh /var/lib/postgresql/15/restored '2026-11-26 13:05:00+08'
# Takes the newest base backup from before the moment. The directory must not exist. Run it as the user postgres.
set -eu
umask 077
bin=${PG_BIN:-/usr/lib/postgresql/15/bin}
dir=${BACKUP_DIR:?}
target=$1 moment=$2
[ ! -e "$target" ] || { echo "$target is there already" >&2; exit 1; }
until=$(date -u -d "$moment" +%Y%m%dT%H%M%SZ)
chosen=
for base in $(find "$dir/base" -mindepth 1 -maxdepth 1 -name '*Z' -printf '%f\n' | sort); do
    if [ "$base" \< "$until" ]; then chosen=$base; fi
done
[ -n "$chosen" ] || { echo "no base backup from before $moment" >&2; exit 1; }
"$bin/pg_verifybackup" --quiet "$dir/base/$chosen"
cp -a "$dir/base/$chosen" "$target"
chmod 700 "$target"
# With less than its primary had, recovery refuses to start. Debian keeps postgresql.conf elsewhere: it is not restored.
[ -e "$target/postgresql.conf" ] || : >"$target/postgresql.conf"
[ -e "$target/pg_hba.conf" ] || echo "local all all peer" >"$target/pg_hba.conf"
"$bin/pg_controldata" "$target" | sed -n \
    -e 's/^\(max_connections\|max_worker_processes\|max_wal_senders\|max_locks_per_xact\) setting: */\1 = /p' \
    -e 's/^max_prepared_xacts setting: */max_prepared_transactions = /p' |
    sed 's/^max_locks_per_xact/max_locks_per_transaction/' >>"$target/postgresql.auto.conf"
cat >>"$target/postgresql.auto.conf" <<CONF
archive_mode = off
restore_command = 'cp "$dir/wal/%f" "%p"'
recovery_target_time = '$moment'
recovery_target_action = promote
CONF
touch "$target/recovery.signal"
echo "restores $chosen to $moment"
