import type { ServerResponse } from "node:http";
import { beforeEach, describe, expect, it } from "vitest";
import { listCopies } from "../../core/catalog";
import { circumstancesOf, look } from "../../core/mirror";
import { isListingCheaper } from "../../core/registry/digest-listing/cost";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { HarborApi } from "../support/harbor-api";
import { putManifests } from "../support/many-images";
import { catalogFor, poolFor } from "./world";

const TAGS = 230;
const tags = Array.from({ length: TAGS }, (_, index) => `v${index}`);

let hub: EmbeddedRegistry;
let harbor: EmbeddedRegistry;
let api: HarborApi;

/** What each tag is at the target: its own name, or another; undefined where it is missing. */
type Target = (tag: string) => string | undefined;

/** `acme/team/app` with its tags at a source and, below `mirror/`, at a Harbor. */
async function fill(wanted: readonly string[], target: Target): Promise<void> {
    await putManifests(
        hub.host,
        wanted.map((tag) => ({ repository: "acme/team/app", tag, name: tag })),
    );
    const there = wanted.flatMap((tag) => {
        const name = target(tag);
        return name === undefined ? [] : [[tag, name] as const];
    });
    const repository = "mirror/acme/team/app";
    await putManifests(
        harbor.host,
        there.map(([tag, name]) => ({ repository, tag, name })),
    );
    api.set(repository, Object.fromEntries(there));
    harbor.requests.reset();
}

/** Verdicts and digests of the target's copies, asked by a listing where the kind has one. */
async function judged(wanted: readonly string[], kind = "harbor"): Promise<string[]> {
    const catalog = catalogFor(
        { hub, harbor },
        { app: { source: `${hub.host}/acme/team/app`, tags: wanted, targets: ["harbor"] } },
        { harbor: { kind, credentials: { from: "env", username: "NAME", password: "WORD" } } },
    );
    const pool = poolFor(catalog, { env: { NAME: "robot", WORD: "secret" } });
    const copies = await look(catalog, listCopies(catalog), circumstancesOf(catalog), pool);
    return copies
        .filter(({ role }) => role === "target")
        .map(
            ({ tag, verdict, state }) =>
                `${tag} ${verdict} ${state.status === "present" ? state.digest : state.status}`,
        );
}

beforeEach(async () => {
    api = new HarborApi();
    hub = await embedded({ allowMissing: true });
    harbor = await embedded({ allowMissing: true, intercept: api.intercept });
});

describe("a look by Harbor's list of artifacts", () => {
    it("tells the verdicts that probing tells, for a page of a hundred tags each, and a HEAD for what is missing", async () => {
        await fill(tags, (tag) => (tag.endsWith("7") ? `other ${tag}` : tag.endsWith("9") ? undefined : tag));
        const probed = await judged(tags, "distribution");
        expect(harbor.requests.snapshot()["HEAD manifest"]).toBe(TAGS);
        harbor.requests.reset();
        expect(await judged(tags)).toEqual(probed);
        expect(probed.filter((line) => line.includes(" consistent "))).toHaveLength(TAGS - 46);
        expect(probed.filter((line) => line.includes(" pending missing"))).toHaveLength(23);
        // No listing proves that a tag is gone.
        expect(harbor.requests.snapshot()["HEAD manifest"]).toBe(23);
        expect(api.asked).toEqual(
            [1, 2, 3].map((page) => ({
                repository: "mirror/acme/team/app",
                page,
                authorization: `Basic ${Buffer.from("robot:secret").toString("base64")}`,
            })),
        );
    });

    it("is not taken for a few tags, nor further where the pages that are left cost more than the tags", async () => {
        await fill(tags, (tag) => tag);
        await judged(tags.slice(0, 4));
        expect(api.asked).toHaveLength(0);
        harbor.requests.reset();
        // Six of the last page: two pages more are no bargain for them.
        expect(await judged(tags.slice(224))).toHaveLength(6);
        expect(api.asked).toHaveLength(1);
        expect(harbor.requests.snapshot()["HEAD manifest"]).toBe(6);
    });

    it("asks for a tag that moved while the pages came", async () => {
        await fill(tags, (tag) => tag);
        const list = api.artifacts.get("mirror/acme/team/app") ?? [];
        api.fault = ({ page }) => {
            // What stood on the first page comes again on the second, under another artifact's digest.
            if (page === 2) {
                list[150] = { digest: list[150]?.digest ?? "", tags: ["v150", "v3"] };
            }
            return false;
        };
        const lines = await judged(tags);
        expect(lines.filter((line) => !line.includes(" consistent "))).toEqual([]);
        expect(harbor.requests.snapshot()["HEAD manifest"]).toBe(1);
    });

    type Fault = (response: ServerResponse) => void;
    const refuse =
        (status: number, headers = {}): Fault =>
        (response) =>
            void response.writeHead(status, headers).end(JSON.stringify({ errors: [{ code: "SOME", message: "no" }] }));
    it.each([
        ["401", refuse(401, { "www-authenticate": 'Basic realm="harbor"' })],
        ["403, of a robot that may pull and not list", refuse(403)],
        ["404", refuse(404)],
        ["429", refuse(429, { "retry-after": "0" })],
        ["500", refuse(500)],
        ["what is no list", (response: ServerResponse) => void response.writeHead(200).end("<html>")],
        [
            "a list of nonsense",
            (response: ServerResponse) => void response.writeHead(200).end('[1, {"tags": [{}]}, null]'),
        ],
        ["a connection that breaks", (response: ServerResponse) => void response.destroy()],
    ] as [string, Fault][])(
        "falls back to HEADs after %s, once for the registry, and calls nothing missing",
        async (_, fault) => {
            await fill(tags.slice(0, 20), (tag) => tag);
            api.set("mirror/acme/other", {});
            api.fault = (_page, response) => {
                fault(response);
                return true;
            };
            const lines = await judged(tags.slice(0, 20));
            expect(lines.filter((line) => !line.includes(" consistent "))).toEqual([]);
            expect(harbor.requests.snapshot()["HEAD manifest"]).toBe(20);
            expect(api.asked).toHaveLength(1);
        },
    );

    it("keeps what the first page told where the second one fails", async () => {
        await fill(tags, (tag) => tag);
        api.fault = ({ page }, response) => {
            if (page === 2) {
                refuse(500)(response);
            }
            return page === 2;
        };
        expect((await judged(tags)).filter((line) => line.includes(" consistent "))).toHaveLength(TAGS);
        expect(harbor.requests.snapshot()["HEAD manifest"]).toBe(TAGS - 100);
    });

    it("calls unknown what then cannot be asked either", async () => {
        await fill(tags.slice(0, 20), (tag) => tag);
        api.fault = (_page, response) => {
            refuse(500)(response);
            return true;
        };
        await harbor.close();
        const lines = await judged(tags.slice(0, 20));
        expect(lines.every((line) => line.endsWith(" unknown unknown"))).toBe(true);
    });
});

describe("the estimate", () => {
    it.each([
        [0, 1, false],
        [4, 1, false],
        [5, 1, true],
        [100, 25, false],
        [101, 25, true],
    ])("of %i open tags and %i requests of four HEADs is %s", (open, requests, cheaper) => {
        expect(isListingCheaper(open, requests, 4)).toBe(cheaper);
    });
});
