import * as pulumi from "@pulumi/pulumi";
// The built package: Pulumi reads the text of a provider's functions, which must not be vitest's.
import { DigestGate, defineCatalog, ImageFleet } from "transship";
import { beforeAll, describe, expect, it } from "vitest";

const catalog = defineCatalog(
    {
        version: 1,
        defaults: { targets: ["ghcr"] },
        registries: { ghcr: { host: "ghcr.io/getsops" } },
        environments: { any: { upstream: "follow" }, release: { upstream: "follow", purpose: "release" } },
        images: {
            vault: { source: "docker.io/hashicorp/vault", tags: ["1"], purpose: "ci" },
            alpine: { source: "docker.io/library/alpine", tags: ["3"], purpose: "release" },
        },
    },
    { environment: "any" },
);
const released = { ...catalog, purpose: "release" as const };

beforeAll(async () => {
    await pulumi.runtime.setMocks({
        newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
        call: ({ inputs }) => inputs,
    });
});

let count = 0;
const fleet = (args: object) => new ImageFleet(`fleet-${count++}`, { catalog, ...args });
const gate = (args: object) => new DigestGate(`gate-${count++}`, args);
const SENTENCE = "This stack is for images of purpose release, and the image vault is of purpose ci; ";

describe("A release stack", () => {
    it.each([
        ["a fleet with the argument", () => fleet({ purpose: "release" })],
        ["a fleet of an environment with that purpose", () => fleet({ catalog: released })],
        ["a gate with the argument", () => gate({ catalog, purpose: "release" })],
        ["a gate of such an environment", () => gate({ catalog: released })],
        ["a gate over a fleet of everything", () => gate({ fleet: fleet({}), purpose: "release" })],
    ])("refuses images of purpose ci: %s", (_, make) => {
        expect(make).toThrow(SENTENCE);
        expect(make).toThrow("images");
    });

    it("says how to leave them out, which then works", () => {
        expect(() => fleet({ purpose: "release" })).toThrow(
            'leave them out by where: { purpose: "release" }, or name the others in images: […].',
        );
        expect(() => fleet({ purpose: "release", where: { purpose: "release" } })).not.toThrow();
        expect(() => fleet({ catalog: released, images: ["alpine"] })).not.toThrow();
        expect(() => gate({ catalog: released, images: ["alpine"] })).not.toThrow();
    });

    it("gives no reference to one either", () => {
        const alpine = fleet({ catalog: released, images: ["alpine"] });
        expect(() => alpine.ref("vault")).toThrow(SENTENCE);
        expect(() => alpine.imageUri("vault")).toThrow("take it from a stack of that purpose");
        expect(() => alpine.ref("alpne")).toThrow('did you mean "alpine"?');
    });

    it("is what the argument says, before what the environment does", () => {
        expect(() => fleet({ catalog: released, purpose: "ci" })).toThrow("the image alpine is of purpose release");
        expect(() => fleet({ purpose: "prod" })).toThrow('must be one of "ci", "release", not "prod"');
        expect(() => fleet({})).not.toThrow();
    });
});
