/**
 * What the pods of backups run, by `sh`: POSIX, of Debian's and busybox' commands, with everything that differs in
 * variables. test/harbor-chart/backup.test.ts runs them. Remotes of rclone: `to` has the backups, `from` Harbor's images.
 */

/** `older NAME` where a name with a moment in it (`20260131T020000Z`) is older than MAX_AGE seconds. */
const AGE = `cutoff=$(date -u -d "@$(($(date +%s) - MAX_AGE))" +%Y%m%dT%H%M%SZ)
older() {
    moment=$(printf %s "$1" | sed -n 's/.*\\([0-9]\\{8\\}T[0-9]\\{6\\}Z\\).*/\\1/p')
    [ -n "$moment" ] && expr "$moment" \\< "$cutoff" > /dev/null
}`;

/** A custom-format dump of the whole database. A dump whose table of contents cannot be read is none. */
export const DUMP = `set -eu
umask 077
file=/dump/harbor-$(date -u +%Y%m%dT%H%M%SZ).dump
pg_dump --format=custom --no-owner --no-privileges --file="$file"
pg_restore --list "$file" > /dev/null
echo "dumped $PGDATABASE of $PGHOST: $(wc -c < "$file") bytes"`;

/** Older dumps go after a new one has arrived only, so that what fails deletes nothing. */
export const UPLOAD_DUMP = `set -eu
file=$(ls /dump)
rclone copyto "/dump/$file" "to:$PLACE/database/$file"
[ "$(rclone lsf --format s "to:$PLACE/database/$file")" = "$(wc -c < "/dump/$file")" ]
echo "kept $file"
${AGE}
rclone lsf --include 'harbor-*.dump' "to:$PLACE/database" | while read -r one; do
    if older "$one"; then
        rclone deletefile "to:$PLACE/database/$one"
        echo "deleted $one"
    fi
done`;

/**
 * A copy of the registry's storage. What left it since the last time is set aside for a while, so that an older dump still
 * finds its images.
 */
export const COPY_STORAGE = `set -eu
if ! rclone lsf --dirs-only "from:$SOURCE/docker/registry/v2" | grep -qx repositories/; then
    echo "from:$SOURCE holds no images of a registry: nothing is copied, so that the backup is not emptied" >&2
    exit 1
fi
now=$(date -u +%Y%m%dT%H%M%SZ)
rclone sync --checksum --fast-list --exclude '**/_uploads/**' --backup-dir "to:$PLACE/storage-removed/$now" "from:$SOURCE" "to:$PLACE/storage"
echo "copied from:$SOURCE"
${AGE}
rclone lsf --dirs-only "to:$PLACE/storage-removed" 2> /dev/null | while read -r one; do
    if older "$one"; then
        rclone purge "to:$PLACE/storage-removed/\${one%/}"
        echo "deleted what was set aside at \${one%/}"
    fi
done`;

/** Fails where there is no dump, and where the newest one is too old. */
export const FETCH_DUMP = `set -eu
umask 077
newest=$(rclone lsf --include 'harbor-*.dump' "to:$PLACE/database" | sort | tail -n 1)
if [ -z "$newest" ]; then
    echo "to:$PLACE/database has no dump" >&2
    exit 1
fi
${AGE}
if older "$newest"; then
    echo "the newest dump is $newest: older than $MAX_AGE seconds" >&2
    exit 1
fi
rclone copyto "to:$PLACE/database/$newest" /drill/harbor.dump
echo "fetched $newest"`;

/**
 * Restores the dump into a server of the pod's own, and looks whether it is Harbor's whole database. The server has no
 * network; it goes with the pod. Writes the digests of BLOBS blobs, chosen anew each time, for the next step.
 */
export const RESTORE_DUMP = `set -eu
umask 077
unset PGPASSWORD PGPORT PGSSLMODE
export PGDATA=/drill/data PGHOST=/drill/socket PGUSER=drill PGDATABASE=registry
mkdir -p "$PGHOST"
initdb --username="$PGUSER" --auth=trust --encoding=UTF8 --no-sync > /drill/initdb.log
pg_ctl start --wait --silent --log=/drill/server.log --options="-c listen_addresses= -c unix_socket_directories=$PGHOST -c fsync=off"
trap 'pg_ctl stop --mode=immediate --silent' EXIT
createdb "$PGDATABASE"
pg_restore --exit-on-error --no-owner --no-privileges --dbname="$PGDATABASE" /drill/harbor.dump
ask() {
    psql --no-psqlrc --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$1"
}
dirty=$(ask "SELECT count(*) FROM schema_migrations WHERE dirty")
admin=$(ask "SELECT count(*) FROM harbor_user WHERE user_id = 1")
projects=$(ask "SELECT count(*) FROM project")
if [ "$dirty" != 0 ] || [ "$admin" != 1 ] || [ "$projects" = 0 ]; then
    echo "the dump restores, but is no whole Harbor: $dirty unfinished migrations, $admin administrators, $projects projects" >&2
    exit 1
fi
ask "SELECT digest FROM blob WHERE status = 'none' AND content_type NOT LIKE '%foreign%' ORDER BY random() LIMIT $BLOBS" > /drill/blobs
echo "restored: schema $(ask "SELECT max(version) FROM schema_migrations"), $projects projects, $(ask "SELECT count(*) FROM artifact") artifacts"`;

/** Reads those blobs from the backup, and compares their digests. */
export const PROVE_BLOBS = `set -eu
wrong=0
while read -r digest; do
    hex=\${digest#sha256:}
    path=docker/registry/v2/blobs/sha256/$(printf %.2s "$hex")/$hex/data
    have=$(rclone cat "to:$PLACE/storage/$path" | sha256sum | cut -d ' ' -f 1)
    if [ "$have" != "$hex" ]; then
        echo "$digest is in the database, and not in the backup of the storage" >&2
        wrong=$((wrong + 1))
    fi
done < /drill/blobs
echo "proved $(($(wc -l < /drill/blobs) - wrong)) of $(wc -l < /drill/blobs) blobs by digest"
[ "$wrong" = 0 ]`;
