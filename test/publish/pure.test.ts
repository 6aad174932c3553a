import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CopyState } from "../../core/mirror";
import { Hold, isReleaseTag, parseOrigin, publishPlaces, readPublishedTags, splitTags } from "../../core/publish";
import { judgeTags, type TagLook, type TagRules } from "../../core/publish/judge-tags";
import type { PublishPlace } from "../../core/publish/places";
import { catalogFor } from "../mirror/world";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [NEW, OLD, OTHER] = [digest("a"), digest("b"), digest("c")];
const REPOSITORIES = ["docker.io/kuzudb/explorer", "ghcr.io/kuzudb/explorer"];

describe("Tags to publish", () => {
    it("are read from docker/metadata-action's output, and from lists by commas", () => {
        const output = "kuzudb/explorer:0.11.0\nkuzudb/explorer:latest\nghcr.io/kuzudb/explorer:0.11.0\r\n\n";
        expect(readPublishedTags(splitTags(output), "explorer", REPOSITORIES)).toEqual(["0.11.0", "latest"]);
        expect(splitTags(" a, b ,,c\n d e")).toEqual(["a", "b", "c", "d", "e"]);
    });

    it.each([
        ["", "is not a tag"],
        ["-x", "is not a tag"],
        ["a b", "is not a tag"],
        ["$(reboot)", "is not a tag"],
        ["`id`", "is not a tag"],
        ["x".repeat(129), "is not a tag"],
        ["feature/x", "is not a tag: write 1.2.3, or docker.io/feature/x:1.2.3"],
        ["ghcr.io/kuzudb/explorer", "is not a tag: write 1.2.3, or ghcr.io/kuzudb/explorer:1.2.3"],
        [`ghcr.io/kuzudb/explorer:1@${NEW}`, "is not a tag"],
        ["ghcr.io/kuzudb/other:1", "whose repositories are docker.io/kuzudb/explorer, ghcr.io/kuzudb/explorer"],
        ["latest.prev-0123456789ab", "hold digests for a roll-back"],
        [`sha256-${"a".repeat(64)}.sig`, "name what hangs on another image"],
    ])("are refused where %j is one", (text, words) => {
        expect(() => readPublishedTags([text], "explorer", REPOSITORIES)).toThrow(words);
    });

    it("are tags by the OCI grammar, or an error of ours, whatever they are made of", () => {
        const piece = fc.oneof(
            fc.string({ unit: "binary" }),
            fc.constantFrom("/", ":", "@", "ghcr.io/kuzudb/explorer", "1.2", "$(x)"),
        );
        fc.assert(
            fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
                try {
                    for (const tag of readPublishedTags([pieces.join("")], "explorer", REPOSITORIES)) {
                        expect(tag).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
                    }
                } catch (error) {
                    expect(error).toMatchObject({ code: "TAG_INVALID", message: expect.not.stringMatching(/\n/) });
                }
            }),
        );
    });

    it.each([
        [true, ["0.11.0", "v1.2.3", "1.2.3-rc.1", "2026.11.23", "1.2.3.4"]],
        [false, ["latest", "0.11", "1", "main", "sha-1a2b3c4", "20261123", "1.27-alpine", "v1"]],
    ])("name one image for ever: %s of %j", (isReleased, tags) => {
        expect(tags.filter(isReleaseTag)).toEqual(isReleased ? tags : []);
    });
});

describe("What is published", () => {
    it.each([
        ["ghcr.io/a/b:latest", "DIGEST_NEEDED"],
        ["ghcr.io/a/b", "DIGEST_NEEDED"],
        ["ghcr.io/A/b@sha256:1", "REFERENCE_INVALID"],
        [NEW, "REFERENCE_INVALID"],
    ])("is a repository with a digest: %s is %s", (text, code) => {
        expect(() => parseOrigin(text)).toThrow(expect.objectContaining({ code }));
    });

    it("goes to source and targets, after the cut-over to the targets alone", () => {
        const image = { source: "h.example/a/b", targets: ["ghcr"], tags: ["latest"] };
        const places = (more: object) => {
            const catalog = catalogFor(
                { hub: { host: "h.example" }, ghcr: { host: "g.example" } },
                { x: { ...image, ...more } },
            );
            return publishPlaces(catalog, catalog.images.x as never, ["latest"]).map(
                (place) => `${place.host}/${place.repository}`,
            );
        };
        expect(places({ policy: "dual" })).toEqual(["h.example/a/b", "g.example/mirror/a/b"]);
        expect(places({ policy: "migrate" })).toEqual(["h.example/a/b", "g.example/mirror/a/b"]);
        expect(places({ policy: "migrate", phase: "cut-over" })).toEqual(["g.example/mirror/a/b"]);
    });
});

describe("A tag's verdict", () => {
    const place = (registry: string): PublishPlace => ({
        role: "target",
        registry,
        host: registry,
        repository: "x",
        tags: [],
    });
    const [hub, ghcr] = [place("hub"), place("ghcr")];
    const state = (shown: string | undefined): CopyState =>
        shown === undefined
            ? { status: "missing" }
            : shown === "?"
              ? { status: "unknown", code: "DENIED", message: "no." }
              : { status: "present", digest: shown, mediaType: "", size: 1 };
    const judge = (
        tag: string,
        atHub: string | undefined,
        atGhcr: string | undefined,
        rules: Partial<TagRules> = {},
    ) => {
        const pair = { from: tag, to: tag };
        const looks: TagLook[] = [
            { place: hub, pair, state: state(atHub) },
            { place: ghcr, pair, state: state(atGhcr) },
        ];
        const base = { image: "x", digest: NEW, authority: hub, onForeignDigest: "refuse" as const };
        const known = () => ({ all: new Set<string>() });
        const judged = judgeTags(looks, { ...base, known, isKept: () => false, ...rules });
        return judged.map(({ verdict, failure }) => [verdict, failure?.code ?? "-"].join(" "));
    };
    const lock = (now: string, ...before: string[]) => ({ known: () => ({ now, all: new Set([now, ...before]) }) });

    it.each([
        ["new everywhere", judge("1.0.0", undefined, undefined), "move -", "move -"],
        ["there already", judge("1.0.0", NEW, NEW), "unchanged -", "unchanged -"],
        ["half there", judge("1.0.0", NEW, undefined), "unchanged -", "move -"],
        ["a release of another digest", judge("1.0.0", OLD, undefined), "refused VERSION_TAKEN", "move -"],
        [
            "that release, by the lock",
            judge("1.0.0", undefined, undefined, lock(OLD)),
            "refused VERSION_TAKEN",
            "refused VERSION_TAKEN",
        ],
        ["this release, by the lock", judge("1.0.0", undefined, NEW, lock(NEW)), "move -", "unchanged -"],
        ["a moving tag, in step", judge("latest", OLD, OLD), "move -", "move -"],
        ["a moving tag, a stranger's at one", judge("latest", OLD, OTHER), "move -", "foreign FOREIGN_DIGEST"],
        ["a moving tag, an older one of ours", judge("latest", OLD, OTHER, lock(OLD, OTHER)), "move -", "move -"],
        [
            "a moving tag, kept for a roll-back",
            judge("latest", NEW, OLD, { isKept: () => true }),
            "unchanged -",
            "move -",
        ],
        ["all allowed", judge("1.0.0", OLD, OTHER, { onForeignDigest: "overwrite" }), "move -", "move -"],
        ["not to be asked", judge("latest", "?", OLD), "unknown DENIED", "foreign FOREIGN_DIGEST"],
    ])("%s", (_, verdicts, ...expected) => {
        expect(verdicts).toEqual(expected);
    });
});

describe("A hold", () => {
    it("passes an abort on, but not while work is held", async () => {
        const outer = new AbortController();
        const hold = new Hold(outer.signal);
        await hold.during(async () => {
            outer.abort(new Error("stop"));
            expect([hold.isInterrupted, hold.signal.aborted]).toEqual([true, false]);
        });
        await expect(hold.during(async () => undefined)).rejects.toThrow("stop");
        const late = new Hold(outer.signal);
        expect(late.signal.aborted).toBe(true);
    });
});
