#!/bin/sh
# The first WAL file that a base backup needs, as its label says.
set -eu
sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\))$/\1/p' "$1/backup_label"
