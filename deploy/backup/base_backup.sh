#!/bin/sh
# The daily base backup with the manifest of the private files of the same moment (PG* say which server; docs/backup.md).
# What is not verified does not count: the mark $BACKUP_DIR/last-good is renewed at the very end.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
bin=${PG_BIN:-/usr/lib/postgresql/15/bin}
dir=${BACKUP_DIR:?}
keep_days=${BACKUP_KEEP_DAYS:-30}
partial=$dir/base/partial-$$
mkdir -p "$dir/base" "$dir/files"
trap 'rm -rf "$partial"' EXIT

"$bin/pg_basebackup" --pgdata="$partial" --checkpoint=fast --wal-method=stream --manifest-checksums=SHA256
stamp=$(date -u +%Y%m%dT%H%M%SZ) # when it was complete: it restores to any later second
# MANIFEST_COMMAND writes the list of private files to the path that follows it: manage.py check_files --manifest
if [ -n "${MANIFEST_COMMAND:-}" ]; then
    $MANIFEST_COMMAND "$dir/files/$stamp.jsonl"
fi
"$bin/pg_verifybackup" --quiet "$partial"
mv "$partial" "$dir/base/$stamp"

# Older backups go after the days to keep, with the WAL that only they needed; the newest stays whatever its age.
find "$dir/base" -mindepth 1 -maxdepth 1 -name '*Z' ! -name "$stamp" -mtime "+$keep_days" -exec rm -rf {} +
find "$dir/files" -name '*.jsonl' -mtime "+$keep_days" -delete
oldest=$(find "$dir/base" -mindepth 1 -maxdepth 1 -name '*Z' | sort | head -n 1)
first=$("$here/first_wal.sh" "$oldest")
if [ -d "$dir/wal" ]; then
    "$bin/pg_archivecleanup" "$dir/wal" "$first"
fi
echo "$stamp" >"$dir/last-good"
