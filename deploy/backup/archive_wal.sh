#!/bin/sh
# archive_command of PostgreSQL: archive_command = '/srv/portal/deploy/backup/archive_wal.sh %p %f'
# Puts one finished WAL file into $BACKUP_DIR/wal, whole or not at all; never another one under a name that is there.
set -eu
from=$1 name=$2
to=${BACKUP_DIR:?}/wal
mkdir -p "$to"
if [ -e "$to/$name" ]; then
    cmp -s "$from" "$to/$name" # true: PostgreSQL asks again after a crash; false: it keeps the file and says so
    exit
fi
cp "$from" "$to/.$name.partial"
sync "$to/.$name.partial"
mv "$to/.$name.partial" "$to/$name"
sync "$to"
