#!/bin/sh
# Whether one could restore now: for a timer that alarms when this fails. Says what is wrong.
# - the last good base backup is not older than BACKUP_MAX_HOURS (26);
# - from it on every WAL file is there, whole, and can be read to its end;
# - the newest WAL file is not older than WAL_MAX_MINUTES (10), if that is set.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=${PG_BIN:-/usr/lib/postgresql/15/bin}
dir=${BACKUP_DIR:?}
fail() {
    echo "backup: $*" >&2
    exit 1
}
[ -s "$dir/last-good" ] || fail "there has never been a good one"
find "$dir/last-good" -mmin "-$((${BACKUP_MAX_HOURS:-26} * 60))" | grep -q . || fail "the last good one is older than ${BACKUP_MAX_HOURS:-26} hours"
stamp=$(cat "$dir/last-good")
[ -d "$dir/base/$stamp" ] || fail "$stamp is gone"
"$bin/pg_verifybackup" --quiet "$dir/base/$stamp" || fail "$stamp has changed since"
first=$("$here/first_wal.sh" "$dir/base/$stamp")
last=$(find "$dir/wal" -maxdepth 1 -regex '.*/[0-9A-F]*' -printf '%f\n' 2>/dev/null | sort | tail -n 1)
[ -n "$last" ] || fail "no WAL has been archived"
if [ "$first" \< "$last" ] || [ "$first" = "$last" ]; then
    size=$("$bin/pg_controldata" "$dir/base/$stamp" | sed -n 's/^Bytes per WAL segment: *//p')
    short=$(find "$dir/wal" -maxdepth 1 -regex '.*/[0-9A-F]*' ! -size "${size}c" -printf '%f ')
    [ -z "$short" ] || fail "cut short: $short"
    read=$("$bin/pg_waldump" --quiet --path="$dir/wal" "$first" "$last" 2>&1) || case $read in
        *"invalid record length"* | *"invalid magic number 0000"*) ;; # the end of what has been written
        *) fail "WAL cannot be read: $read" ;;
    esac
fi
if [ -n "${WAL_MAX_MINUTES:-}" ]; then
    find "$dir/wal/$last" -mmin "-$WAL_MAX_MINUTES" | grep -q . || fail "the newest WAL is older than $WAL_MAX_MINUTES minutes"
fi
echo "backup: $stamp and WAL to $last are good"
