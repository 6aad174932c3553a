import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, PlatformMissingError, parseManifest, SUBSET_OF, samePlatforms, subsetIndex } from "../../core/oci";
import { membersOf } from "../../core/oci/json-spans";

const OCI = "application/vnd.oci.image.index.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest.list.v2+json";
const CHILD = "application/vnd.oci.image.manifest.v1+json";

const hex = (seed: string) => digestOf(Buffer.from(seed));
const child = (platform: string, more: object = {}) => {
    const [, os, version, architecture, variant] = /^(\w+)(?:\((.*)\))?\/(\w+)(?:\/(\w+))?$/.exec(platform) ?? [];
    const named = { architecture, os, ...(version && { "os.version": version }), ...(variant && { variant }) };
    return { mediaType: CHILD, digest: hex(platform), size: 500, platform: named, ...more };
};
const attestation = (of: string) => ({
    ...child("unknown/unknown", { digest: hex(`attestation ${of}`) }),
    annotations: { "vnd.docker.reference.digest": hex(of), "vnd.docker.reference.type": "attestation-manifest" },
});
const bytesOf = (manifests: readonly object[], more: object = {}) =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI, manifests, ...more }, null, 3));
const subset = (bytes: Buffer, wanted: readonly string[], mediaType = OCI) =>
    subsetIndex(bytes, parseManifest(bytes, mediaType), digestOf(bytes), wanted);
const platformsOf = (bytes: Buffer) =>
    parseManifest(bytes).manifests.map(
        ({ platform }) => `${platform?.os}/${platform?.architecture}${platform?.variant ?? ""}`,
    );

const FOUR = ["linux/amd64", "linux/arm64/v8", "linux/arm/v6", "linux/arm/v7"].map((platform) => child(platform));

describe("an index of some platforms", () => {
    it("is the same bytes for ever: a digest in locks depends on them", () => {
        const { bytes, digest } = subset(bytesOf(FOUR.slice(0, 2), { annotations: { b: "2", a: "1" } }), [
            "linux/amd64",
        ]);
        const source = digestOf(bytesOf(FOUR.slice(0, 2), { annotations: { b: "2", a: "1" } }));
        expect(bytes.toString()).toContain(`"annotations":{"b":"2","a":"1","${SUBSET_OF}":"${source}"}}`);
        expect(digest).toBe("sha256:d313305ec92290545f242ef024bcab705eafb19ab856f76ae22bbd54d114aa97");
        expect(digestOf(bytes)).toBe(digest);
    });

    it("keeps descriptors as they are written, down to spelling that a parser would lose", () => {
        const odd = `{"digest":"${hex("odd")}","size":5e2,"10":1,"2":"\\u0041","mediaType":"${CHILD}","platform":{"os":"linux","architecture":"amd64"}}`;
        const text = `{"x":{"b":[1.0,2e3]},"manifests":[ ${odd} ,${JSON.stringify(child("linux/s390x"))}],"schemaVersion":2}`;
        const { bytes } = subset(Buffer.from(text), ["linux/amd64"]);
        expect(bytes.toString()).toContain(`"manifests":[${odd}]`);
        expect(bytes.toString()).toContain(`"x":{"b":[1.0,2e3]}`);
    });

    it("keeps the attestations about what it keeps, and no others", () => {
        const index = bytesOf([...FOUR, attestation("linux/amd64"), attestation("linux/arm/v6")]);
        const made = subset(index, ["linux/amd64"]);
        expect(parseManifest(made.bytes).manifests.map(({ digest }) => digest)).toEqual([
            hex("linux/amd64"),
            hex("attestation linux/amd64"),
        ]);
        expect(made).toMatchObject({ platforms: ["linux/amd64"], total: 4 });
    });

    it("stays an index where one platform is left", () => {
        expect(parseManifest(subset(bytesOf(FOUR), ["linux/amd64"]).bytes).kind).toBe("index");
    });

    it("is the index itself where every platform is wanted, though some child names none", () => {
        const index = bytesOf([
            ...FOUR,
            { mediaType: CHILD, digest: hex("plain"), size: 1 },
            attestation("linux/amd64"),
        ]);
        const made = subset(index, ["linux/arm/v7", "linux/arm/v6", "linux/arm64", "linux/amd64"]);
        expect(made.bytes).toBe(index);
        expect(made.digest).toBe(digestOf(index));
    });

    it.each([
        [["linux/arm64"], ["linux/arm64v8"]],
        [["linux/arm"], ["linux/armv7"]],
        [["linux/arm/v6"], ["linux/armv6"]],
        [
            ["linux/arm/v7", "linux/amd64"],
            ["linux/amd64", "linux/armv7"],
        ],
    ])("takes for %j %j", (wanted, expected) => {
        expect(platformsOf(subset(bytesOf(FOUR), wanted).bytes)).toEqual(expected);
    });

    it("takes every Windows update of a version, or of all", () => {
        const versions = ["10.0.17763.6", "10.0.20348.1", "10.0.20348.2340"].map((one) =>
            child(`windows(${one})/amd64`),
        );
        const index = bytesOf([...versions, child("linux/amd64")]);
        expect(parseManifest(subset(index, ["windows(10.0.20348)/amd64"]).bytes).manifests).toHaveLength(2);
        expect(parseManifest(subset(index, ["windows/amd64"]).bytes).manifests).toHaveLength(3);
        expect(() => subset(index, ["windows(10.0.2)/amd64"])).toThrow(PlatformMissingError);
    });

    it("leaves a Docker list without annotations, which it has no place for", () => {
        const list = bytesOf(FOUR, { mediaType: DOCKER });
        const { bytes } = subset(list, ["linux/amd64"], DOCKER);
        expect(Object.keys(JSON.parse(bytes.toString()))).toEqual(["schemaVersion", "mediaType", "manifests"]);
    });

    it("says what it is a subset of, also where that is a subset itself", () => {
        const first = subset(bytesOf(FOUR), ["linux/amd64", "linux/arm64"]);
        const { annotations } = parseManifest(subset(first.bytes, ["linux/amd64"]).bytes);
        expect(annotations).toEqual({ [SUBSET_OF]: first.digest });
    });

    it.each([
        [
            ["linux/s390x"],
            "it has no linux/s390x, it has linux/amd64, linux/arm64/v8, linux/arm/v6, linux/arm/v7; correct",
        ],
        [["linux/amd64", "linux/386", "linux/s390x"], "it has no linux/386 and no linux/s390x"],
        [["unknown/unknown"], "it has no unknown/unknown"],
    ])("cannot be made for %j", (wanted, message) => {
        expect(() => subset(bytesOf([...FOUR, attestation("linux/amd64")]), wanted)).toThrow(message);
    });

    it("is refused where a key stands twice: two readers could disagree", () => {
        const text = bytesOf(FOUR).toString().replace("{", `{"manifests":[],`);
        expect(() => subset(Buffer.from(text), ["linux/amd64"])).toThrow("twice");
    });

    it("holds children of the source only, exactly those that match, and is deterministic", () => {
        const names = [
            "linux/amd64",
            "linux/arm64",
            "linux/arm64/v8",
            "linux/arm/v6",
            "linux/386",
            "windows(10.0.1)/amd64",
        ];
        const extras = fc.dictionary(fc.string(), fc.jsonValue()).map((all) => {
            const taken =
                /^(mediatype|schemaversion|manifests|layers|config|blobs|fslayers|subject|artifacttype|annotations)$/i;
            return Object.fromEntries(Object.entries(all).filter(([key]) => !taken.test(key)));
        });
        const index = fc.record({
            present: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
            attested: fc.boolean(),
            extras,
            annotations: fc.option(fc.dictionary(fc.string(), fc.string()), { nil: undefined }),
            space: fc.constantFrom(0, 1, "\t"),
        });
        fc.assert(
            fc.property(
                index,
                fc.subarray(names, { minLength: 1 }),
                ({ present, attested, extras, annotations, space }, wanted) => {
                    const manifests = present.flatMap((one) => [child(one), ...(attested ? [attestation(one)] : [])]);
                    const source = {
                        schemaVersion: 2,
                        mediaType: OCI,
                        ...extras,
                        manifests,
                        ...(annotations && { annotations }),
                    };
                    const bytes = Buffer.from(JSON.stringify(source, null, space));
                    try {
                        const made = subset(bytes, wanted);
                        expect(subset(bytes, [...wanted].reverse())).toEqual(made);
                        const { manifests: kept, ...rest } = JSON.parse(made.bytes.toString());
                        const runnable = kept.filter(
                            (one: { platform: { os: string } }) => one.platform.os !== "unknown",
                        );
                        expect(manifests).toEqual(expect.arrayContaining(kept));
                        expect(kept).toHaveLength(runnable.length * (attested ? 2 : 1));
                        for (const key of Object.keys(extras)) {
                            expect(rest[key]).toEqual(JSON.parse(bytes.toString())[key]);
                        }
                        for (const [key, value] of Object.entries(annotations ?? {})) {
                            expect(key === SUBSET_OF || rest.annotations[key] === value).toBe(true);
                        }
                        // To take the same platforms once more leaves nothing out.
                        expect(subset(made.bytes, wanted).digest).toBe(made.digest);
                    } catch (error) {
                        expect(error).toBeInstanceOf(PlatformMissingError);
                    }
                },
            ),
            { numRuns: 500 },
        );
    });
});

describe("the members of an object's text", () => {
    it("are what a parser finds, for whatever there is", () => {
        fc.assert(
            fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2, "\t"), (value, space) => {
                const members = membersOf(JSON.stringify(value, null, space));
                const texts = Object.entries(value).map(([key, one]) => [key, JSON.parse(JSON.stringify(one))]);
                expect(members.map((member) => [member.key, JSON.parse(member.value)])).toEqual(texts);
            }),
            { numRuns: 500 },
        );
    });
});

describe("lists of platforms", () => {
    it.each([
        [["linux/arm64", "linux/amd64"], ["linux/amd64", "linux/arm64/v8"], true],
        [["linux/arm"], ["linux/arm/v7"], true],
        [["linux/amd64"], ["linux/amd64", "linux/arm64"], false],
        [["linux/arm/v6"], ["linux/arm"], false],
    ])("%j and %j are the same: %j", (one, other, expected) => {
        expect(samePlatforms(one, other)).toBe(expected);
    });
});
