import { createServer } from "node:net";
import { defineCatalog, ImageFleet } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { type Certificates, makeCertificates } from "../registry/certificates";
import { embeddedForFile } from "../support/embedded";
import { type EngineRun, TestStack } from "../support/engine-stack";
import { type ImageTree, pushTree, singleImage } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { digestAt } from "../support/two-registries";

const FRAME = /\bat .*\.[cm]?[jt]s:\d+/;

/** What each fault says, to whom it happened aside. */
const SAYS = {
    wrong: /refused the credentials from .*check that they are right and still valid/,
    unknown: /the host registry\.invalid is not known to DNS; check its spelling/,
    down: /nothing accepts connections at 127\.0\.0\.1:\d+; check that the registry runs/,
    cert: /the certificate of 127\.0\.0\.1:\d+ is self-signed; name its PEM file by the key "ca"/,
};
const BROKEN = Object.keys(SAYS) as (keyof typeof SAYS)[];

describeWithEngine("registries that cannot be used, on the real engine", (engine) => {
    let certificates: Certificates;
    let hub: EmbeddedRegistry;
    let good: EmbeddedRegistry;
    let locked: EmbeddedRegistry;
    let tls: EmbeddedRegistry;
    let hosts: Record<string, string>;
    let tree: ImageTree;
    let stack: TestStack;
    let images: Record<string, { source: string; tags: string[]; targets: string[] }>;

    const program = async () => {
        const insecure = { kind: "distribution", insecure: true };
        const catalog = defineCatalog({
            version: 1,
            registries: {
                hub: { host: hub.host, ...insecure },
                good: { host: `${good.host}/mirror`, ...insecure },
                wrong: {
                    host: `${locked.host}/mirror`,
                    ...insecure,
                    credentials: { from: "env", username: "FAULT_USER", password: "FAULT_PASSWORD" },
                },
                unknown: { host: `${hosts.unknown}/mirror`, kind: "distribution" },
                down: { host: `${hosts.down}/mirror`, ...insecure },
                cert: { host: `${tls.host}/mirror`, kind: "distribution" },
            },
            images,
        } as never);
        return { images: new ImageFleet("images", { catalog }).refs };
    };
    /** The one line that tells of an image, as the engine indents and marks it. */
    const linesOf = ({ text }: EngineRun, image: string) =>
        text.split("\n").filter((line) => line.includes(`${image}:`) && !line.includes("unknown, "));

    beforeAll(async () => {
        certificates = makeCertificates();
        const { cert, key } = certificates.selfSigned;
        hub = await embeddedForFile();
        good = await embeddedForFile();
        locked = await embeddedForFile({ auth: { kind: "bearer", users: { robot: "right" } } });
        tls = await embeddedForFile({ tls: { cert: certificates.read(cert), key: certificates.read(key) } });
        hosts = { unknown: "registry.invalid", down: await closedPort(), wrong: locked.host, cert: tls.host };
        tree = singleImage();
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const env = { FAULT_USER: "robot", FAULT_PASSWORD: "wrong" };
        stack = await TestStack.open(engine, program, { env });
        return () => certificates.remove();
    });

    it("fail a first up with a sentence for each image that says what to do, and the others are carried", async () => {
        const source = `${hub.host}/acme/app`;
        images = {
            well: { source, tags: ["1"], targets: ["good"] },
            absent: { source: `${hub.host}/acme/absent`, tags: ["9"], targets: ["good"] },
            ...Object.fromEntries(BROKEN.map((name) => [`to-${name}`, { source, tags: ["1"], targets: [name] }])),
        };
        const run = await stack.up();
        expect(run.ok).toBe(false);
        expect(run.text).not.toMatch(FRAME);
        for (const name of BROKEN) {
            const lines = linesOf(run, `to-${name}`);
            expect(lines.join("\n"), name).toMatch(SAYS[name]);
            expect(
                lines.some((line) => line.includes(`could not carry to-${name}:1@${name}: `)),
                name,
            ).toBe(true);
        }
        expect(linesOf(run, "absent").join("\n")).toMatch(/absent:9@hub: the source has no such tag; correct it/);
        expect(await digestAt(good, "mirror/acme/app", "1")).toBe(tree.root);
        await resolveWholly(good.host, "mirror/acme/app", "1");
        expect(await digestAt(good, "mirror/acme/absent", "9")).toBeUndefined();
        expect(locked.requests.count({ method: "PUT" }) + tls.requests.count({ method: "PUT" })).toBe(0);
    });

    it("fail an up whose sources they are, and leave no tag", async () => {
        const targets = ["good"];
        images = {
            well: { source: `${hub.host}/acme/app`, tags: ["1"], targets },
            ...Object.fromEntries(
                BROKEN.map((name) => [
                    `of-${name}`,
                    { source: `${hosts[name]}/mirror/of/${name}`, tags: ["1"], targets },
                ]),
            ),
        };
        const run = await stack.up();
        expect(run.ok).toBe(false);
        expect(run.text).not.toMatch(FRAME);
        for (const name of BROKEN) {
            const told = linesOf(run, `of-${name}`).join("\n");
            expect(told, name).toContain(
                `of-${name}:1@good cannot be carried: its authority ${name} could not be asked: `,
            );
            expect(told, name).toMatch(SAYS[name]);
            expect(await digestAt(good, `mirror/of/${name}`, "1")).toBeUndefined();
        }
    });

    it("only warn of what was proven before", async () => {
        images = { well: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["good"] } };
        expect((await stack.up()).ok).toBe(true);
        const before = good.requests.count({ method: "PUT" });
        await hub.close();
        const run = await stack.up();
        expect(run.text).toMatch(/well:1@hub: unknown, CONNECTION_REFUSED: .*check that the registry runs/);
        expect(run.text).not.toContain("error:");
        expect(run.ok).toBe(true);
        expect(run.changes).toEqual({ same: 3 });
        expect(Object.keys(run.outputs.images as object)).toEqual(["well"]);
        expect(good.requests.count({ method: "PUT" })).toBe(before);
    });

    it.each([
        ["an empty catalogue", {}, undefined, 'an empty catalogue: name at least one image below "images"'],
        ["an unknown environment", undefined, "prdo", 'did you mean "prod"?'],
    ])("beside them, %s is one sentence", async (_, none, environment, says) => {
        const one = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["good"] } };
        const wrong = await TestStack.open(
            engine,
            async () => {
                defineCatalog(
                    {
                        version: 1,
                        registries: { good: { host: good.host } },
                        environments: { dev: {}, prod: {} },
                        images: none ?? one,
                    } as never,
                    { environment: environment ?? "dev" },
                );
            },
            { project: "wrong" },
        );
        const run = await wrong.preview();
        expect(run.ok).toBe(false);
        expect(run.text).toContain(says);
        expect(run.text).not.toMatch(FRAME);
    });
});

async function closedPort(): Promise<string> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}
