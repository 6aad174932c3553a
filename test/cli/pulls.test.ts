import { describe, expect, it } from "vitest";
import { imageIndex, pushTree, singleImage } from "../support/images";
import { mirrored, world } from "./world";

const images = (host: string) => ({
    large: mirrored(`${host}/acme/large`),
    small: mirrored(`${host}/acme/small`),
    urgent: { ...mirrored(`${host}/acme/urgent`), critical: true },
});

/** A hub with 10 pulls of which 4 are kept back, and images of 4, 1 and 3 pulls. */
async function limitedWorld() {
    const made = await world({
        source: { pullLimit: { limit: 10, windowSeconds: 3600 } },
        registries: { hub: { keepRemaining: 4 } },
        images,
    });
    const { host } = made.source;
    const platforms = ["linux/amd64", "linux/arm64", "linux/s390x"];
    await pushTree(host, "acme/large", imageIndex({ platforms }), { tag: "1.18" });
    await pushTree(host, "acme/small", singleImage(), { tag: "1.18" });
    await pushTree(host, "acme/urgent", imageIndex(), { tag: "1.18" });
    return made;
}

describe("transship and a pull limit", () => {
    it("says before the start what each image costs, and which wait, and spends nothing for it", async () => {
        const { run, source } = await limitedWorld();
        const { stdout, code } = await run(["sync", "--dry-run"]);
        expect(code).toBe(1);
        const lines = stdout.split("\n");
        const table = lines.slice(lines.findIndex((line) => line.startsWith("image ")));
        expect(table.slice(0, 4).map((line) => line.split(/ {2,}/))).toEqual([
            ["image", "from", "to", "pulls", "when"],
            ["urgent:1.18", "hub/acme/urgent", "ghcr", "~3", "now"],
            ["small:1.18", "hub/acme/small", "ghcr", "1", "now"],
            ["large:1.18", "hub/acme/large", "ghcr", "~4", "later"],
        ]);
        expect(stdout).toContain(
            `${source.host}: about 8 pulls needed, 10 of 10 are left, 4 kept back: about 4 now, 1 tag waits\n`,
        );
        expect(source.pullsSpent).toBe(0);
        const { carries, pulls } = JSON.parse((await run(["sync", "--dry-run", "--json"])).stdout);
        expect(carries).toMatchObject([
            { image: "urgent", from: "hub", pulls: 3, when: "now" },
            { image: "small", from: "hub", pulls: 1, when: "now" },
            { image: "large", from: "hub", pulls: 4, when: "later" },
        ]);
        expect(pulls).toEqual([
            {
                host: source.host,
                registries: ["hub"],
                limit: 10,
                remaining: 10,
                windowSeconds: 3600,
                keeps: 4,
                needs: 8,
                estimated: true,
                deferred: 1,
            },
        ]);
    });

    it("carries what fits, says what waits and until when, and ends with 1", async () => {
        const { run, source } = await limitedWorld();
        const { stdout, code } = await run(["sync"]);
        expect(code).toBe(1);
        expect(source.pullsSpent).toBe(4);
        expect(stdout).toContain("→ urgent:1.18@ghcr: carried");
        expect(stdout).toMatch(
            /… could not carry large:1\.18@ghcr: it needs about 4 pulls of .*, and 6 of 10 are left, 4 kept back;/,
        );
        expect(stdout).toContain(`${source.host}: 6 of 10 pulls are left, 4 kept back; 4 pulls spent\n`);
        expect(stdout).toMatch(
            /^1 tag waits for the pull limit of .*: its window is 1 h, so by .*\d\d:\d\d at the latest all of them are back;/m,
        );
        const quiet = await run(["sync", "--quiet"]);
        expect(quiet.stdout).toMatch(/^1 tag waits for the pull limit of [^\n]*\n$/);
        const again = JSON.parse((await run(["sync", "--json"])).stdout);
        expect(again.failures).toMatchObject([{ image: "large", code: "PULL_BUDGET" }]);
        expect(again.pulls).toMatchObject([{ needs: 4, spent: 0, deferred: 1, remaining: 6 }]);
    });

    it("lets check tell what is left, for nothing", async () => {
        const { run, source } = await limitedWorld();
        expect((await run(["check"])).stdout).toMatch(
            /requests? in .*\n[\d.:]+: 10 of 10 pulls are left, 4 kept back\n$/,
        );
        const { pulls } = JSON.parse((await run(["check", "--json"])).stdout);
        expect(pulls).toMatchObject([{ registries: ["hub"], limit: 10, remaining: 10, keeps: 4 }]);
        expect(source.pullsSpent).toBe(0);
    });
});
