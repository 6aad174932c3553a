import {
    chmodSync,
    lstatSync,
    readdirSync,
    readFileSync,
    statSync,
    symlinkSync,
    utimesSync,
    writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Lock, LockWriteError, loadCatalog, readLock, recordDigest, writeLock } from "../../core/catalog";
import { folderOf, linesOf, load, problemsOf, REGISTRIES } from "./folder";

const digest = (n: number) => `sha256:${n.toString(16).padStart(64, "0")}`;
const lockOf = (tag: string, ...numbers: number[]): Lock =>
    numbers.reduce<Lock>((lock, n) => recordDigest(lock, "vault", tag, digest(n), new Date(Date.UTC(2026, 0, n))), {});

describe("A lock file", () => {
    it("is written and read back, other environments and the comments at its top kept", () => {
        const path = join(
            folderOf({
                "catalog.lock.yaml": `# Reviewed by the platform team.

# Ask before you edit.
version: 1
environments:
  staging: { vault: { "1.18": { digest: "${digest(9)}" } } }
`,
            }),
            "catalog.lock.yaml",
        );
        expect(writeLock(path, "prod", lockOf("1.18", 1, 2))).toBe(true);
        expect(readFileSync(path, "utf8")).toBe(`# Reviewed by the platform team.

# Ask before you edit.
version: 1
environments:
  prod:
    vault:
      "1.18":
        digest: ${digest(2)}
        history:
          - ${digest(1)}
        since: "2026-01-02T00:00:00.000Z"
  staging:
    vault:
      "1.18":
        digest: ${digest(9)}
`);
        expect(readLock(path).environments.prod).toEqual(lockOf("1.18", 1, 2));
    });

    it("keeps what the targets show of a digest, and what is missing of it", () => {
        const path = join(folderOf({}), "catalog.lock.yaml");
        const entry = {
            digest: digest(1),
            subset: { digest: digest(2), platforms: ["linux/amd64", "windows(10.0.20348)/amd64"] },
            olderSubsets: [digest(3)],
            missing: ["linux/s390x", digest(4)],
        };
        writeLock(path, "prod", { vault: { "1.18": entry } });
        expect(readLock(path).environments.prod).toEqual({ vault: { "1.18": entry } });
        expect(writeLock(path, "prod", { vault: { "1.18": entry } })).toBe(false);
        writeFileSync(path, readFileSync(path, "utf8").replace("linux/amd64", "linux"));
        expect(() => readLock(path)).toThrow("subset.platforms[0]: must be a platform such as linux/arm64");
    });

    it("says what it is where it is new, and is the same whatever order its keys came in", () => {
        const [one, two] = [join(folderOf({}), "a.yaml"), join(folderOf({}), "a.yaml")];
        const tags = [
            "10",
            "9",
            "latest",
            "1.10",
            "true",
            "null",
            "0x1f",
            "1e3",
            "v1",
            "__proto__",
            "constructor",
            "2026-01-01",
        ];
        const lock = (names: readonly string[]) =>
            names.reduce<Lock>((lock, tag) => recordDigest(lock, "vault", tag, digest(1), new Date(0)), {});
        writeLock(one, "prod", lock(tags));
        writeLock(two, "prod", lock([...tags].reverse()));
        const text = readFileSync(one, "utf8");
        expect(text).toMatch(/^# Which digest each tag is/);
        expect(readFileSync(two, "utf8")).toBe(text);
        expect(Object.keys(readLock(one).environments.prod?.vault ?? {}).sort()).toEqual([...tags].sort());
        // Another reader of YAML agrees on each name.
        expect(Object.keys(parse(text).environments.prod.vault).sort()).toEqual([...tags].sort());
    });

    it("is not touched when nothing changed", () => {
        const path = join(folderOf({}), "catalog.lock.yaml");
        writeLock(path, "prod", lockOf("1.18", 1));
        const text = `${readFileSync(path, "utf8")}# a comment at the end\n`;
        writeFileSync(path, text);
        utimesSync(path, 1, 1);
        expect(writeLock(path, "prod", lockOf("1.18", 1))).toBe(false);
        expect(readFileSync(path, "utf8")).toBe(text);
        expect(statSync(path).mtimeMs).toBe(1000);
    });

    it("loses an environment whose lock is empty, and images without tags", () => {
        const path = join(folderOf({}), "catalog.lock.yaml");
        writeLock(path, "prod", { ...lockOf("1.18", 1), gone: {} });
        expect(Object.keys(readLock(path).environments.prod ?? {})).toEqual(["vault"]);
        writeLock(path, "prod", {});
        expect(readLock(path)).toEqual({ version: 1, environments: {} });
    });

    it("holds five digests behind each wish at most", () => {
        const path = join(folderOf({}), "catalog.lock.yaml");
        const history = [1, 2, 3, 4, 5, 6, 7].map(digest);
        writeLock(path, "prod", { vault: { x: { digest: digest(9), history } } });
        expect(readLock(path).environments.prod?.vault?.x?.history).toEqual(history.slice(0, 5));
    });

    it("that is not there is empty", () => {
        expect(readLock(join(folderOf({}), "catalog.lock.yaml"))).toEqual({ version: 1, environments: {} });
    });

    it("leaves nothing behind, keeps its mode, and stays behind its link", () => {
        const folder = folderOf({ "real/lock.yaml": "version: 1\nenvironments: {}\n" });
        chmodSync(join(folder, "real", "lock.yaml"), 0o640);
        symlinkSync(join("real", "lock.yaml"), join(folder, "catalog.lock.yaml"));
        writeLock(join(folder, "catalog.lock.yaml"), "prod", lockOf("1.18", 1));
        expect(lstatSync(join(folder, "catalog.lock.yaml")).isSymbolicLink()).toBe(true);
        expect(readdirSync(join(folder, "real"))).toEqual(["lock.yaml"]);
        expect(statSync(join(folder, "real", "lock.yaml")).mode & 0o777).toBe(0o640);
    });

    it("that cannot be written is one sentence", () => {
        const path = join(folderOf({}), "no-such-folder", "catalog.lock.yaml");
        expect(() => writeLock(path, "prod", lockOf("1.18", 1))).toThrow(LockWriteError);
        expect(() => writeLock(path, "prod", lockOf("1.18", 1))).toThrow(
            /^The lock file .*catalog\.lock\.yaml cannot be written: there is no such file; make .* writable, or pass another lock file\.$/,
        );
    });
});

describe("A lock file with mistakes", () => {
    const LATEST = `      latest: { digets: "${digest(1)}", since: yesterday, history: ["${digest(1)}", x] }`;
    const BAD = `version: 1
environments:
  prod:
    vault:
      1.10: { digest: sha256:abc }
${LATEST}
    other: 5
`;
    const EXPECTED = [
        '5:23: environments.prod.vault["1.10"].digest: "sha256:abc" is not a digest: sha256 has 64 hexadecimal digits, this has 3 characters',
        '6:7: environments.prod.vault.latest: "digest" is missing',
        '6:17: environments.prod.vault.latest: unknown key "digets"; did you mean "digest"?',
        `6:${LATEST.indexOf("yesterday") + 1}: environments.prod.vault.latest.since: must be a time such as 2026-08-01T12:00:00.000Z`,
        `6:${LATEST.indexOf("x]") + 1}: environments.prod.vault.latest.history[1]: "x" is not a digest: write sha256: and 64, or sha512: and 128, lower-case hexadecimal digits`,
        "7:12: environments.prod.other: must be a map of keys and values, not a number",
    ];

    it("names each with line and column", () => {
        const path = join(folderOf({ "l.yaml": BAD }), "l.yaml");
        expect(linesOf(() => readLock(path))).toEqual(EXPECTED.map((line) => `${path}:${line}`));
    });

    it("is never overwritten", () => {
        const path = join(folderOf({ "l.yaml": BAD }), "l.yaml");
        expect(() => writeLock(path, "prod", lockOf("1.18", 1))).toThrow("is not a digest");
        expect(readFileSync(path, "utf8")).toBe(BAD);
    });

    it("is told beside the catalogue's own", () => {
        const files = {
            "catalog.yaml": `${REGISTRIES}images: { x: { source: a/b, tags: [x], targets: [gchr] } }\n`,
            "catalog.lock.yaml": BAD,
        };
        expect(problemsOf(files)).toEqual([
            'catalog.yaml:5:50: images.x.targets[0]: unknown registry "gchr"; did you mean "ghcr"?',
            ...EXPECTED.map((line) => `catalog.lock.yaml:${line}`),
        ]);
    });
});

describe("A catalogue's locks", () => {
    const CATALOG = `version: 1
environments: { dev: { upstream: follow }, prod: { promoteFrom: dev } }
images: { vault: { policy: keep, source: a/b, tags: ["1.18"] } }
`;

    it("are its environment's and that of the one it promotes from", () => {
        const folder = folderOf({ "catalog.yaml": CATALOG });
        const path = join(folder, "catalog.yaml");
        const empty = loadCatalog(path, { environment: "prod" });
        expect(empty).toMatchObject({ lock: {}, promotedLock: {}, path, lockPath: join(folder, "catalog.lock.yaml") });
        writeLock(empty.lockPath ?? "", "dev", lockOf("1.18", 2));
        writeLock(empty.lockPath ?? "", "prod", lockOf("1.18", 1));
        const prod = loadCatalog(path, { environment: "prod" });
        expect([prod.lock, prod.promotedLock]).toEqual([lockOf("1.18", 1), lockOf("1.18", 2)]);
        const dev = loadCatalog(path, { environment: "dev" });
        expect([dev.lock, dev.promotedLock]).toEqual([lockOf("1.18", 2), {}]);
    });

    it("are none for an environment whose name every object has", () => {
        expect(
            load("version: 1\nimages: { k: { policy: keep, source: a/b, tags: [x] } }\n", "constructor").lock,
        ).toEqual({});
    });
});
