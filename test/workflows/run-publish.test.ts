import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { findingsOf, NO_FINDINGS, VALIDATORS } from "../support/workflow-validators";
import { event, PLACE_NAMES, publishing, SECRETS } from "./publishing-world";

const EXPLORER = ["--image", "explorer=.", "--unsigned"];
/** Branches have tags, and `latest` is the newest of them: the catalogue lists that one. */
const BRANCHES = ["--tag-rule", "type=ref,event=branch", "--tag-rule", "type=raw,value=latest"];
const RELEASE = event("push", "refs/tags/v0.11.0");
const MAIN = event("push", "refs/heads/main");

type Jobs = Awaited<ReturnType<Awaited<ReturnType<typeof publishing>>["run"]>>["jobs"];

const results = (jobs: Jobs) => Object.entries(jobs).map(([id, { result }]) => [id.replace(/ .*/, ""), result]);
/** The digest that the build was pushed as. */
const builtIn = (log = "") => /^pushed \S+@(sha256:[0-9a-f]{64})$/m.exec(log)?.[1] ?? "nothing was built";
const everywhere = (digest: string | undefined) => Object.fromEntries(PLACE_NAMES.map((place) => [place, digest]));

describe("Publishing, run as GitHub would", () => {
    it("pushes one build to ghcr.io, and its digest is at every place before any tag is", async () => {
        const { run, shown, written } = await publishing(EXPLORER);
        const { jobs } = await run(RELEASE);
        expect([results(jobs), jobs.publish?.log]).toEqual([[["publish", "success"]], expect.anything()]);
        const digest = builtIn(jobs.publish?.log);
        for (const tag of ["0.11.0", "0.11", "latest", "sha-90dd603"]) {
            expect([tag, await shown(tag)]).toEqual([tag, everywhere(digest)]);
        }
        const order = written();
        const roots = order.flatMap(({ reference }, index) => (reference === digest ? [index] : []));
        const tags = order.flatMap(({ reference }, index) => (reference.startsWith("sha256:") ? [] : [index]));
        expect(new Set(roots.map((index) => order[index]?.place)).size).toBe(PLACE_NAMES.length);
        expect(new Set(tags.map((index) => JSON.stringify(order[index]))).size).toBe(4 * PLACE_NAMES.length);
        expect(Math.max(...roots)).toBeLessThan(Math.min(...tags));
        expect(jobs.publish?.summary).toContain("explorer");
        expect(jobs.publish?.log).not.toMatch(/hub-secret|ecr-secret|harbor-secret|ghs_0123456789/);
    });

    it("leaves every tag as it was where one place cannot take the image, and is red", async () => {
        let isFull = false;
        const intercept: NonNullable<Parameters<typeof publishing>[1]>["harbor"] = {
            intercept: (request, response, { kind }) => {
                if (!isFull || request.method !== "PUT" || kind !== "manifest") {
                    return false;
                }
                request.resume();
                // As Harbor says that a quota is used up.
                response
                    .writeHead(403)
                    .end(JSON.stringify({ errors: [{ code: "DENIED", message: "exceeds the quota" }] }));
                return true;
            },
        };
        const { run, shown, written } = await publishing(EXPLORER, { harbor: intercept });
        const first = builtIn((await run(RELEASE)).jobs.publish?.log);
        expect(await shown("latest")).toEqual(everywhere(first));
        written();

        isFull = true;
        const { jobs } = await run(event("push", "refs/tags/v0.11.1"));
        expect(results(jobs)).toEqual([["publish", "failure"]]);
        expect(jobs.publish?.log).not.toContain("## Check every place");
        const second = builtIn(jobs.publish?.log);
        expect(second).not.toBe(first);
        expect(await shown("latest")).toEqual(everywhere(first));
        expect(await shown("0.11.1")).toEqual(everywhere(undefined));
        expect(written().filter(({ reference }) => !reference.startsWith("sha256:"))).toEqual([]);

        isFull = false;
        const third = await run(event("push", "refs/tags/v0.11.1"));
        expect([results(third.jobs), third.jobs.publish?.log]).toEqual([[["publish", "success"]], expect.anything()]);
        expect(await shown("latest")).toEqual(everywhere(builtIn(third.jobs.publish?.log)));
    });

    it("builds a pull request without a secret, and pushes nothing", async () => {
        const { run, shown, written } = await publishing([...EXPLORER, ...BRANCHES, "--pull-requests"]);
        const { jobs } = await run(event("pull_request", "refs/pull/7/merge"), { secrets: {} });
        expect(results(jobs)).toEqual([
            ["publish", "skipped"],
            ["try", "success"],
        ]);
        expect(jobs.try?.log).toContain("Nothing is pushed");
        expect(written()).toEqual([]);
        const pushed = await run(MAIN);
        expect(results(pushed.jobs)).toEqual([
            ["publish", "success"],
            ["try", "skipped"],
        ]);
        expect(await shown("main")).toEqual(everywhere(builtIn(pushed.jobs.publish?.log)));
    });

    it("has a job for each image, and one that fails leaves the other alone", async () => {
        const args = ["--image", "explorer=./nowhere", "--image", "mcp-server=./mcp", "--unsigned", ...BRANCHES];
        const { run, registries, written } = await publishing([
            ...args,
            "--dockerfile",
            "mcp-server=mcp/Dockerfile.release",
        ]);
        const { jobs } = await run(MAIN);
        expect(results(jobs)).toEqual([
            ["publish", "failure"],
            ["publish", "success"],
        ]);
        const [broken, good] = Object.values(jobs);
        expect(broken?.log).toContain("failed to read dockerfile");
        const places = new Set(written().map(({ place }) => place));
        expect([...places].sort()).toEqual(["ghcr", "hub"]);
        expect(good?.log).toContain(`${registries.ghcr.host}/kuzudb/mcp-server@sha256:`);
    });

    it("builds nothing where no rule gives a tag", async () => {
        const { run, written } = await publishing([...EXPLORER, "--tag-rule", "type=semver,pattern={{version}}"]);
        const { jobs } = await run(MAIN);
        expect(results(jobs)).toEqual([["publish", "failure"]]);
        expect(jobs.publish?.log).toContain("::error::None of the rules for tags gives one for explorer in this run");
        expect(written()).toEqual([]);
    });

    it("is red before any tag moves where a secret is wrong", async () => {
        const { run, shown } = await publishing(EXPLORER);
        const { jobs } = await run(RELEASE, {
            secrets: { ...SECRETS, HUB_PASSWORD: "the old one" },
        });
        expect(results(jobs)).toEqual([["publish", "failure"]]);
        expect(jobs.publish?.log).toContain("## Carry it everywhere, tags last");
        expect(await shown("0.11.0")).toEqual(everywhere(undefined));
    });

    it("takes a branch's name for a value, whatever it is", async () => {
        const { run, shown } = await publishing([...EXPLORER, ...BRANCHES]);
        const { jobs } = await run(event("push", `refs/heads/a"$(touch owned);b`));
        expect([results(jobs), jobs.publish?.log]).toEqual([[["publish", "success"]], expect.anything()]);
        expect(await shown("a-touch-owned-b")).toEqual(everywhere(builtIn(jobs.publish?.log)));
    });
});

describeWith(VALIDATORS, "Publishing, as the command writes it", (validators) => {
    it("passes every validator", async () => {
        const { text } = await publishing([...EXPLORER.slice(0, 2), "--image", "mcp-server=./mcp", "--pull-requests"]);
        expect(await findingsOf(text, validators)).toEqual(NO_FINDINGS);
    });
});

describeWith(["cosign"], "A published image's signature", ({ cosign }) => {
    it("is cosign's own, made before any tag moves, and is at every place", async () => {
        const keys = await temporaryFolder();
        // What stands for keyless signing, which asks three servers outside: cosign reads its options here, too.
        const env = {
            COSIGN_PASSWORD: "of the test",
            COSIGN_KEY: join(keys, "cosign.key"),
            COSIGN_TLOG_UPLOAD: "false",
            COSIGN_USE_SIGNING_CONFIG: "false",
            COSIGN_ALLOW_HTTP_REGISTRY: "true",
        };
        const run = (args: string[], home = keys) =>
            promisify(execFile)(cosign, args, { cwd: keys, env: { PATH: process.env.PATH, HOME: home, ...env } });
        await run(["generate-key-pair"]);
        const { run: runPublish, registries, text, written } = await publishing(EXPLORER.slice(0, 2));
        expect(text).toContain(`          set -euo pipefail\n          cosign sign --yes "$REPOSITORY@$DIGEST"\n`);
        const { jobs } = await runPublish(RELEASE, { env, path: [dirname(cosign)] });
        expect([results(jobs), jobs.publish?.log]).toEqual([[["publish", "success"]], expect.anything()]);
        const digest = builtIn(jobs.publish?.log);
        const order = written();
        const built = order.findIndex(({ place, reference }) => place === "ghcr" && reference === digest);
        const firstTag = order.findIndex(({ reference }) => !reference.startsWith("sha256"));
        const between = order.slice(built + 1, firstTag);
        expect(between[0]).toEqual({ place: "ghcr", reference: expect.stringMatching(/^sha256:/) });
        for (const place of PLACE_NAMES) {
            const path = place === "hub" || place === "ghcr" ? "kuzudb" : "kuzu";
            const reference = `${registries[place].host}/${path}/explorer@${digest}`;
            const offline = ["--key", "cosign.pub", "--allow-http-registry", "--insecure-ignore-tlog=true"];
            const { stdout } = await run(["verify", ...offline, reference]);
            expect(JSON.parse(stdout)).toMatchObject([{ critical: { image: { "docker-manifest-digest": digest } } }]);
        }
    });
});
