import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pushTree } from "../../support/images";
import { isPlain, start, transship } from "../command";
import { type World, world } from "../world";

async function healthy(): Promise<World> {
    const place = await world();
    await pushTree(place.target.host, "mirror/acme/vault", place.vault, { tag: "1.18" });
    return place;
}

/** The command as a server on a free port, after its first look. */
async function exporting({ folder }: World, args: readonly string[] = [], env: Record<string, string> = {}) {
    const command = await start(["exporter", "--listen", "127.0.0.1:0", ...args], { cwd: folder, env });
    await expect.poll(() => command.written.stdout + command.written.stderr, { timeout: 10_000 }).toContain("http://");
    const url = /http:\/\/[^/\s"]+/.exec(command.written.stdout)?.[0] ?? "";
    const ready = async () => (await fetch(`${url}/readyz`)).status;
    await expect.poll(ready, { timeout: 10_000 }).toBe(200);
    return { ...command, url, metrics: async () => (await fetch(`${url}/metrics`)).text() };
}

describe("transship exporter", () => {
    it("serves what it saw; scrapes ask no registry; SIGTERM ends it with 0", async () => {
        const place = await healthy();
        place.source.requests.reset();
        place.target.requests.reset();
        const { child, ended, url, metrics, written } = await exporting(place);
        const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/metrics`)));
        expect(answers[0]?.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
        expect(answers[0]?.headers.get("content-encoding")).toBe("gzip");
        const text = await metrics();
        expect(text).toMatch(
            /^transship_image_consistent\{environment="default",image="vault",tag="1\.18",registry="ghcr",.*\} 1$/m,
        );
        expect(text).toMatch(/^transship_look_interval_seconds\{environment="default"\} 300$/m);
        expect(text).toMatch(/^process_resident_memory_bytes /m);
        expect([place.source.requests.snapshot(), place.target.requests.snapshot()]).toEqual([
            { "HEAD manifest": 1 },
            { "HEAD manifest": 1 },
        ]);
        const statuses = await Promise.all(
            ["/", "/healthz", "/readyz", "/metrics?x", "/other"].map(async (path) => (await fetch(url + path)).status),
        );
        expect(statuses).toEqual([200, 200, 200, 200, 404]);
        expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(405);
        child.kill("SIGTERM");
        expect(await ended).toMatchObject({ code: 0 });
        expect(written.stderr).toContain("transship: ✓ 1 image, 1 tag, 2 copies: 2 consistent");
    });

    it("is alive and not ready while the first look is under way, and ends at once then, too", async () => {
        const place = await world({ target: { intercept: () => true } });
        const { child, ended, written } = await start(["exporter", "--listen", "127.0.0.1:0"], { cwd: place.folder });
        await expect.poll(() => written.stdout, { timeout: 10_000 }).toContain("http://");
        const url = /http:\/\/[^/\s]+/.exec(written.stdout)?.[0] ?? "";
        expect((await fetch(`${url}/healthz`)).status).toBe(200);
        expect((await fetch(`${url}/readyz`)).status).toBe(503);
        const text = await (await fetch(`${url}/metrics`)).text();
        expect(text).not.toMatch(/^transship_(?:image|last)\w+\{/m);
        child.kill("SIGINT");
        expect(await ended).toMatchObject({ code: 0 });
        expect(written.stderr).not.toMatch(/ at .*:\d+:\d+/);
    });

    it("looks again at each interval, and sees an edit of the catalogue", async () => {
        const place = await healthy();
        const { metrics } = await exporting(place, ["--interval", "1s"]);
        const file = join(place.folder, "catalog.yaml");
        writeFileSync(file, readFileSync(file, "utf8").replace('"vault": {', '"safe": {'));
        await expect.poll(metrics, { timeout: 10_000 }).toMatch(/^transship_image_consistent\{.*image="safe"/m);
        expect(await metrics()).not.toContain('image="vault"');
    });

    it("prints the metrics with --once, and ends with 0 whatever they tell: they are the result", async () => {
        const { run, target } = await healthy();
        const well = await run(["exporter", "--once"]);
        expect(well).toMatchObject({ code: 0, stderr: "" });
        expect(well.stdout).toMatch(/^transship_image_consistent\{.*registry="ghcr".*\} 1$/m);
        expect(well.stdout).not.toMatch(/^process_|look_interval_seconds\{/m);
        await target.close();
        const unknown = await run(["exporter", "--once"]);
        expect(unknown.code).toBe(0);
        expect(unknown.stdout).toMatch(/^transship_image_verdict\{.*verdict="unknown"\} 1$/m);
        expect(unknown.stderr).toContain("? vault:1.18@ghcr: unknown");
    });

    it("writes a textfile whole or not at all, which the collector's user can read", async () => {
        const { folder, run } = await healthy();
        mkdirSync(join(folder, "collector"));
        const file = join(folder, "collector", "transship.prom");
        const { code, stdout } = await run(["exporter", "--once", "--textfile", file, "--json"]);
        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toEqual({ schemaVersion: 1, command: "exporter", exitCode: 0, textfile: file });
        expect(readFileSync(file, "utf8")).toMatch(/^transship_image_consistent\{.*\} 1$/m);
        expect(statSync(file).mode & 0o777).toBe(0o644);
        expect(readdirSync(join(folder, "collector"))).toEqual(["transship.prom"]);
    });

    it("writes the textfile after each look without --once, and serves nothing", async () => {
        const { folder } = await healthy();
        const file = join(folder, "transship.prom");
        const { child, ended, written } = await start(["exporter", "--textfile", file, "--interval", "1s"], {
            cwd: folder,
        });
        const looks = () => {
            const text = statSync(file, { throwIfNoEntry: false }) && readFileSync(file, "utf8");
            return Number(/looks_total\{.*result="complete"\} (\d+)/.exec(text ?? "")?.[1] ?? 0);
        };
        await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThan(1);
        expect(written.stdout).toBe(`Metrics in ${file}\n`);
        child.kill("SIGTERM");
        expect(await ended).toMatchObject({ code: 0 });
    });

    it("listens at every address of the machine where no host is named", async () => {
        const place = await healthy();
        const { url } = await exporting(place, ["--listen", ":0"]);
        expect(url).toMatch(/^http:\/\/localhost:\d+$/);
        expect((await fetch(url.replace("localhost", "127.0.0.1"))).status).toBe(200);
    });

    it("shows no credentials, in metrics, log or document", async () => {
        const secret = "s3cret-canary";
        const users = { robot: secret };
        const auth = { kind: "bearer", users } as const;
        const place = await world({
            target: { auth },
            registries: { ghcr: { credentials: { from: "env", username: "ROBOT", password: "ROBOT_TOKEN" } } },
        });
        const env = { ROBOT: "robot", ROBOT_TOKEN: secret };
        const { metrics, written } = await exporting(place, ["--json"], env);
        const text = await metrics();
        expect(text).toMatch(/^transship_registry_up\{.*registry="ghcr".*\} 1$/m);
        expect(text + written.stdout + written.stderr).not.toMatch(new RegExp(`${secret}|robot|Bearer`));
    });
});

describe("A mistake is one sentence, and nothing is asked:", () => {
    it.each([
        [["--listen", "nowhere"], "write HOST:PORT as in 127.0.0.1:9464"],
        [["--listen", "127.0.0.1:70000"], "write HOST:PORT"],
        [["--interval", "5 minutes"], "write 30s, 5m or 1h"],
        [["--interval", "10ms"], "from 1s to 24h"],
        [["--once", "--interval", "5m"], "takes neither --listen nor --interval"],
        [["--textfile", "metrics.txt"], "does not end with .prom"],
        [["--textfile", "no/such/folder/x.prom"], "make its folder"],
        [["--depth", "layers"], 'write "manifests" or "blobs"'],
        [["--shard", "3/2"], "shards count from 1/2 to 2/2"],
        [["valt"], 'did you mean "vault"'],
        [["-c", "other.yaml"], "no such file"],
    ])("%j", async (args, sentence) => {
        const { run, source } = await world();
        source.requests.reset();
        const ended = await run(["exporter", ...args]);
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        expect(ended.stderr).toContain(sentence);
        expect(isPlain(ended)).toBe(true);
        expect(source.requests.total).toBe(0);
    });

    it("a port in use", async () => {
        const place = await healthy();
        const { url } = await exporting(place);
        const port = new URL(url).port;
        const ended = await transship(["exporter", "--listen", `127.0.0.1:${port}`], { cwd: place.folder });
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        expect(ended.stderr).toMatch(
            new RegExp(`^transship: Port ${port} on 127\\.0\\.0\\.1 is in use.*--listen\\.\\n$`),
        );
    });

    it("credentials that cannot be read", async () => {
        const { run } = await world();
        const ended = await run(["exporter"], { env: { TRANSSHIP_CREDENTIALS: "s3cret" } });
        expect(ended.code).toBe(2);
        expect(ended.stderr).toContain("TRANSSHIP_CREDENTIALS");
        expect(ended.stderr).not.toContain("s3cret");
    });

    it("a textfile that cannot be written, and no draft of it is left", async () => {
        const { folder, run } = await world();
        mkdirSync(join(folder, "collector", "x.prom"), { recursive: true });
        const ended = await run(["exporter", "--once", "--textfile", "collector/x.prom"]);
        expect(ended.code).toBe(2);
        expect(ended.stderr).toMatch(
            /transship: The metrics cannot be written to collector\/x\.prom \(E\w+\): .*\.\n$/,
        );
        expect(readdirSync(join(folder, "collector"))).toEqual(["x.prom"]);
    });

    it("a document and metrics on one standard output", async () => {
        const { run } = await world();
        const ended = await run(["exporter", "--once", "--json"]);
        expect(ended.code).toBe(2);
        expect(JSON.parse(ended.stdout)).toMatchObject({ exitCode: 2, error: { code: "USAGE" } });
        expect(ended.stderr).toContain("transship check --json");
    });
});
