import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pushTree, singleImage } from "../support/images";
import { isPlain } from "./command";
import { mirrored, type World, world } from "./world";

const COUNT = 3;

/** Seven images, at both registries; one of them is another image at the target where that is asked for. */
async function fleet(drifted = false): Promise<World> {
    const names = Array.from({ length: 7 }, (_, index) => `image-${index}`);
    const made = await world({
        images: (host) => Object.fromEntries(names.map((name) => [name, mirrored(`${host}/acme/${name}`, ["1", "2"])])),
    });
    for (const [index, name] of names.entries()) {
        for (const tag of ["1", "2"]) {
            const image = singleImage({ seed: name + tag });
            const other = drifted && index === 4 && tag === "2" ? singleImage({ seed: "other" }) : image;
            await pushTree(made.source.host, `acme/${name}`, image, { tag });
            await pushTree(made.target.host, `mirror/acme/${name}`, other, { tag });
        }
    }
    return made;
}

/** Runs every shard and keeps what it printed; their exit codes. */
async function checkShards({ run, folder }: World, which: readonly number[]): Promise<(number | null)[]> {
    const codes: (number | null)[] = [];
    for (const index of which) {
        const { code, stdout } = await run(["check", "--json", "--shard", `${index}/${COUNT}`]);
        writeFileSync(join(folder, `part-${index}.json`), stdout);
        codes.push(code);
    }
    return codes;
}

/** Without what differs from run to run. */
function lasting(text: string): string {
    return text.replace(/ in \d+\.\d s/g, "").replace(/\n.*seen at .*\n$/, "\n");
}

describe("transship report", () => {
    it("prints of all shards what one check prints, with its exit code, for as many requests and none of its own", async () => {
        const made = await fleet(true);
        const whole = await made.run(["check"]);
        made.source.requests.reset();
        const codes = await checkShards(made, [1, 2, 3]);
        expect(made.source.requests.snapshot()["HEAD manifest"]).toBe(14);
        expect(codes.sort()).toEqual([0, 0, 1]);
        const merged = await made.run(["report", "part-3.json", "part-1.json", "part-2.json"]);
        expect(merged.code).toBe(whole.code);
        expect(lasting(merged.stdout)).toBe(lasting(whole.stdout));
        expect(merged.stdout).toMatch(/\n3 of 3 shards, seen at 2\d{3}-.*Z or later\n$/);
        expect(made.source.requests.snapshot()["HEAD manifest"]).toBe(14);
        const quiet = await made.run(["report", "-q", "part-1.json", "part-2.json", "part-3.json"]);
        expect(quiet.stdout).toMatch(/^✗ image-4:2@ghcr: .*\n$/);
    });

    it("ends with 3 while shards are missing, and with 1 where what is there has drifted", async () => {
        const made = await fleet();
        await checkShards(made, [1, 3]);
        const most = await made.run(["report", "part-1.json", "part-3.json"]);
        expect(most.code).toBe(3);
        expect(most.stdout).toContain("? 1 of 3 shards is missing (2/3): nothing is known of their images");
        expect(most.stdout).toMatch(/\n\? \d images, .* consistent; \d+ requests\n2 of 3 shards, seen/);
        expect(most.stderr).toBe("transship: nothing is proven wrong, but not everything is known.\n");
        const document = JSON.parse((await made.run(["report", "--json", "part-1.json", "part-3.json"])).stdout);
        expect(document).toMatchObject({
            command: "report",
            exitCode: 3,
            outcome: "unknown",
            shards: { missing: [2] },
        });
    });

    it("tells of a run that failed as what it is: exit 3, with others and alone", async () => {
        const made = await fleet();
        const { stdout } = await made.run(["check", "--json", "-c", "nowhere.yaml"]);
        writeFileSync(join(made.folder, "failed.json"), stdout);
        const alone = await made.run(["report", "failed.json"]);
        expect(alone).toMatchObject({ code: 3, stdout: "" });
        expect(isPlain(alone)).toBe(true);
        expect(alone.stderr).toMatch(/failed\.json is of a run that ended with exit code 2 .*nowhere\.yaml/);
        await checkShards(made, [1, 2, 3]);
        const all = await made.run(["report", "part-1.json", "failed.json", "part-2.json", "part-3.json"]);
        expect(all.code).toBe(3);
        expect(all.stdout).toMatch(/\n\? failed\.json is of a run that ended with exit code 2/);
    });

    it("reads the logs of several pods from standard input", async () => {
        const made = await fleet();
        const outputs: string[] = [];
        for (const index of [1, 2, 3]) {
            outputs.push((await made.run(["check", "--json", "--shard", `${index}/3`])).stdout);
        }
        const { code, stdout } = await made.run(["report", "-"], { stdin: `a note\n${outputs.join("a note\n")}` });
        expect(code).toBe(0);
        expect(stdout).toContain("✓ 7 images, 14 tags, 28 copies: 28 consistent; 28 requests\n3 of 3 shards");
    });

    it.each([
        [["report"], "missing required argument"],
        [["report", "none.json"], "none.json cannot be read (ENOENT)"],
        [["report", "catalog.yaml"], "catalog.yaml is no document"],
        [["check", "--shard", "0/8"], "shards count from 1/8 to 8/8; a Job counts its pods from 0"],
        [["check", "--shard", "9/8"], "shards count from 1/8 to 8/8."],
        [["check", "--shard", "two"], "is no shard: write its number and how many there are"],
        [["sync", "--shard", "1/1000"], "at most 256"],
    ])("refuses %j in a sentence", async (args, sentence) => {
        const { run } = await world();
        const ended = await run(args);
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        expect(isPlain(ended)).toBe(true);
        expect(ended.stderr).toContain(sentence);
    });
});

describe("transship sync --shard", () => {
    it("carries the images of its shard alone; all shards carry all", async () => {
        const { run, source, target } = await world({
            images: (host) =>
                Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, mirrored(`${host}/acme/${name}`)])),
        });
        for (const name of ["a", "b", "c", "d"]) {
            await pushTree(source.host, `acme/${name}`, singleImage({ seed: name }), { tag: "1.18" });
        }
        const carried: string[] = [];
        for (const index of [1, 2]) {
            const { code, stdout } = await run(["sync", "--json", "--shard", `${index}/2`]);
            const document = JSON.parse(stdout);
            expect([code, document.shard]).toEqual([0, { index, count: 2, images: 4 }]);
            carried.push(...document.carries.map(({ image }: { image: string }) => image));
        }
        expect(carried.sort()).toEqual(["a", "b", "c", "d"]);
        expect(target.requests.snapshot()["PUT manifest"]).toBe(4);
    });
});
