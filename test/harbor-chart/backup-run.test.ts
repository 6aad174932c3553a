import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { backupPlan } from "../../core/harbor-chart";
import { temporaryFolder } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { WISH } from "./wishes";

const DAY = 86_400_000;
/** PostgreSQL runs as nobody, rather than as root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const BLOBS = ["first layer", "second layer"].map((text) => ({
    text,
    hex: createHash("sha256").update(text).digest("hex"),
}));
const blobPath = (hex: string) => join("docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex, "data");
/** As much of Harbor's tables as the drill looks at. (goharbor/harbor, make/migrations/postgresql) */
const TABLES = `
    CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
    CREATE TABLE harbor_user (user_id serial PRIMARY KEY, username text);
    CREATE TABLE project (project_id serial PRIMARY KEY, name text);
    CREATE TABLE artifact (id serial PRIMARY KEY, digest text);
    CREATE TABLE blob (id serial PRIMARY KEY, digest text, content_type text, status text);
    INSERT INTO schema_migrations VALUES (180, false);
    INSERT INTO harbor_user (username) VALUES ('admin');
    INSERT INTO project (name) VALUES ('library');
    INSERT INTO artifact (digest) VALUES ('sha256:${BLOBS[0]?.hex}');
    INSERT INTO blob (digest, content_type, status) VALUES
        ${BLOBS.map(({ hex }) => `('sha256:${hex}', 'application/octet-stream', 'none')`).join(", ")},
        ('sha256:${"0".repeat(64)}', 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'none'),
        ('sha256:${"1".repeat(64)}', 'application/octet-stream', 'delete');`;

const SERVER = ["initdb", "pg_ctl", "postgres", "psql", "createdb", "pg_dump", "pg_restore"] as const;

describeWith(
    [...SERVER, "rclone", "sh"],
    "Backups that are run",
    (programs) => {
        let root: string;
        let server: string;
        let source = "";
        const at = (...path: string[]) => join(root, ...path);
        const env = () => ({
            PATH: [...new Set(Object.values(programs).map((path) => dirname(path))), process.env.PATH].join(delimiter),
            HOME: at("home"),
            PGHOST: server,
            PGUSER: "harbor",
            PGDATABASE: "registry",
            RCLONE_CONFIG: at("rclone.conf"),
            RCLONE_CONFIG_TO_TYPE: "local",
            RCLONE_CONFIG_FROM_TYPE: "local",
            PLACE: at("backup"),
            SOURCE: source,
            MAX_AGE: String((14 * DAY) / 1000),
            BLOBS: "5",
        });
        const command = async (script: string, more: object = {}) =>
            promisify(execFile)(programs.sh, ["-c", script], { env: { ...env(), ...more }, cwd: server, ...NOBODY });

        /** The containers of a job, one after the other, in a scratch folder of their own. */
        async function job(name: "database" | "storage" | "drill", more: object = {}): Promise<string> {
            const made = backupPlan(
                { to: { bucket: "b", region: "r" } },
                { ...WISH, databaseSecret: "d", placeSecret: "p" },
            );
            // biome-ignore lint/suspicious/noExplicitAny: as in backup.test.ts
            const { containers, initContainers = [] } = (made[name] as any).jobTemplate.spec.template.spec;
            const scratch = await folder(`scratch-${name}`);
            let said = "";
            for (const container of [...initContainers, ...containers]) {
                const script = container.command[2].replaceAll(/\/(dump|drill)\b/g, scratch);
                const { stdout } = await command(script, more);
                said += stdout;
            }
            return said;
        }

        async function folder(name: string): Promise<string> {
            await rm(at(name), { recursive: true, force: true });
            await mkdir(at(name), { recursive: true });
            await own(at(name));
            return at(name);
        }

        const own = async (path: string) => ("uid" in NOBODY ? chown(path, 65534, 65534) : undefined);
        const sql = (text: string) => command(`psql --quiet --set=ON_ERROR_STOP=1 --command="${text}"`);

        beforeAll(async () => {
            server = await mkdtemp(join(tmpdir(), "transship-server-"));
            root = server;
            await own(server);
            await command(`initdb -D data --username=harbor --auth=trust --encoding=UTF8 --no-sync > /dev/null &&
                pg_ctl start -D data --wait --silent --log=log -o "-c listen_addresses= -c unix_socket_directories=$PGHOST -c fsync=off" &&
                createdb registry`);
            await sql(TABLES);
        });

        afterAll(async () => {
            await command("pg_ctl stop -D data --mode=immediate --silent");
            await rm(server, { recursive: true, force: true });
        });

        beforeEach(async () => {
            root = await temporaryFolder();
            await chmod(root, 0o755);
            await own(root);
            source = at("images");
            for (const name of ["home", "backup"]) {
                await folder(name);
            }
            for (const { hex, text } of BLOBS) {
                await mkdir(dirname(join(source, blobPath(hex))), { recursive: true });
                await writeFile(join(source, blobPath(hex)), text);
            }
            const uploads = join(source, "docker/registry/v2/repositories/library/app/_uploads/1");
            await mkdir(uploads, { recursive: true });
            await writeFile(join(uploads, "data"), "half");
            await promisify(execFile)("chmod", ["-R", "a+rwX", root]);
        });

        it("are dumped, copied, restored and proven", async () => {
            expect(await job("database")).toMatch(/^dumped registry of .* bytes\nkept harbor-\d{8}T\d{6}Z\.dump\n$/);
            await job("storage");
            expect(await readdir(at("backup", "storage/docker/registry/v2"))).toEqual(["blobs"]);
            expect(await job("drill")).toMatch(
                /fetched harbor-\S+\nrestored: schema 180, 1 projects, 1 artifacts\nproved 2 of 2 blobs by digest\n$/,
            );
        });

        it("go when they are old, once there is a new one", async () => {
            const old = new Date(Date.now() - 15 * DAY).toISOString().replaceAll(/[-:]|\.\d+/g, "");
            const young = new Date(Date.now() - 13 * DAY).toISOString().replaceAll(/[-:]|\.\d+/g, "");
            for (const [name, kind] of [
                [`database/harbor-${old}.dump`, "file"],
                [`database/harbor-${young}.dump`, "file"],
                ["database/notes.txt", "file"],
                [`storage-removed/${old}/a`, "file"],
                [`storage-removed/${young}/a`, "file"],
            ] as const) {
                await mkdir(dirname(at("backup", name)), { recursive: true });
                await writeFile(at("backup", name), kind);
            }
            await promisify(execFile)("chmod", ["-R", "a+rwX", root]);
            await expect(job("database", { PGDATABASE: "other" })).rejects.toThrow('database "other" does not exist');
            expect(await readdir(at("backup/database"))).toContain(`harbor-${old}.dump`);
            expect(await job("database")).toContain(`deleted harbor-${old}.dump`);
            const dumps = await readdir(at("backup/database"));
            expect(dumps).toHaveLength(3);
            expect(dumps).toEqual(expect.arrayContaining([`harbor-${young}.dump`, "notes.txt"]));
            expect(await job("storage")).toContain(`deleted what was set aside at ${old}`);
            expect(await readdir(at("backup/storage-removed"))).toEqual([young]);
        });

        it("keep what left the storage, and are not emptied by a storage that is none", async () => {
            await job("storage");
            const gone = BLOBS[0]?.hex as string;
            await rm(join(source, dirname(blobPath(gone))), { recursive: true });
            await job("storage");
            const [day = ""] = await readdir(at("backup/storage-removed"));
            expect(await readdir(join(at("backup/storage-removed"), day, dirname(blobPath(gone))))).toEqual(["data"]);
            await rm(source, { recursive: true });
            await expect(job("storage")).rejects.toThrow("holds no images of a registry");
            expect(await readdir(at("backup", "storage", dirname(blobPath(BLOBS[1]?.hex as string))))).toEqual([
                "data",
            ]);
        });

        it.each<[string, () => Promise<unknown>, string]>([
            ["there is no dump", () => rm(at("backup/database"), { recursive: true }), "has no dump"],
            [
                "a dump is broken",
                async () => {
                    const [file = ""] = await readdir(at("backup/database"));
                    await writeFile(at("backup/database", file), "PGDMP and nothing else");
                },
                "pg_restore",
            ],
            [
                "one image is not in the backup, and one is another",
                async () => {
                    const [one, other] = BLOBS.map(({ hex }) => at("backup/storage", blobPath(hex)));
                    await rm(one as string);
                    await writeFile(other as string, "other");
                },
                `sha256:${BLOBS[1]?.hex} is in the database, and not in the backup`,
            ],
        ])("are known to be no backup where %s", async (_what, spoil, sentence) => {
            await job("database");
            await job("storage");
            await spoil();
            await expect(job("drill")).rejects.toThrow(sentence);
        });

        it("are known to be no backup where the newest is too old, or is half a Harbor's", async () => {
            await job("database");
            await job("storage");
            await expect(job("drill", { MAX_AGE: "-5" })).rejects.toThrow("older than -5 seconds");
            await sql("UPDATE schema_migrations SET dirty = true");
            await new Promise((resolve) => setTimeout(resolve, 1100));
            await job("database");
            await expect(job("drill")).rejects.toThrow("1 unfinished migrations");
        });
    },
    { optionalInCi: true },
);
