import { describe, expect, it } from "vitest";
import type { Registry } from "../../core/catalog";
import type { ReplicationPolicy } from "../../core/harbor";
import { errorLineOf } from "../../core/replication/harbor-log";
import { whyNot } from "../../core/replication/harbor-rules";

const at = (host: string, kind: Registry["kind"] = "other"): Registry => ({ name: host, host, prefix: "", kind });
const HARBOR = at("harbor.example.com", "harbor");
const WANTED = { from: "acme/tools/app", to: "mirror/acme/tools/app", tag: "1.2" };

function ruled(over: object, other = at("ghcr.io", "ghcr"), direction: "pull" | "push" = "pull", wanted: object = {}) {
    const policy = {
        id: 1,
        name: "rule",
        enabled: true,
        src_registry: { id: 3, type: "github-ghcr", url: "https://ghcr.io" },
        dest_registry: { id: 0 },
        dest_namespace: "mirror",
        dest_namespace_replace_count: 0,
        ...over,
    } as ReplicationPolicy;
    return whyNot(policy, { harbor: HARBOR, other, direction }, { ...WANTED, ...wanted });
}

const name = (value: string) => ({ filters: [{ type: "name", value }] });
const tag = (value: string, decoration?: string) => ({ filters: [{ type: "tag", value, decoration }] });
const place = (dest_namespace: string, count: number) => ({ dest_namespace, dest_namespace_replace_count: count });

describe("A rule of Harbor's", () => {
    it.each<[string, object, string | undefined]>([
        ["without filters", {}, undefined],
        ["with filters of nothing", { filters: null }, undefined],
        ["of its repository", name("acme/**"), undefined],
        ["of another one", name("acme/*"), "its names are acme/*, and this is acme/tools/app"],
        ["of its tag", tag("1.*", "matches"), undefined],
        ["of other tags", tag("2.*"), "its tags are 2.*, and this is 1.2"],
        ["that leaves its tag out", tag("1.*", "excludes"), "it leaves out the tags 1.*, and this is 1.2"],
        ["that leaves other tags out", tag("2.*", "excludes"), undefined],
        ["of images", { filters: [{ type: "resource", value: "image" }] }, undefined],
        [
            "of a label",
            { filters: [{ type: "label", value: ["prod"] }] },
            "it is of the labels prod, which the catalogue does not know",
        ],
        ["that is disabled", { enabled: undefined }, "it is disabled"],
        ["that pushes", { src_registry: { id: 0 } }, "it pushes, and this is to be pulled"],
        [
            "that keeps no folder",
            place("mirror", -1),
            "it puts acme/tools/app at mirror/app, and not at mirror/acme/tools/app",
        ],
        ["that drops one folder", place("mirror/acme", 1), undefined],
        ["that drops two", place("mirror/acme/tools", 2), undefined],
        [
            "that drops more than there are",
            place("mirror", 3),
            "it puts acme/tools/app at no place that Harbor takes, and not at mirror/acme/tools/app",
        ],
        [
            "that keeps the name as it is",
            place("", 0),
            "it puts acme/tools/app at acme/tools/app, and not at mirror/acme/tools/app",
        ],
    ])("%s: %s", (_title, over, reason) => {
        expect(ruled(over)).toBe(reason);
    });

    it.each<[string, object, Registry, boolean]>([
        [
            "Docker Hub, by its own address",
            { type: "docker-hub", url: "https://hub.docker.com" },
            at("docker.io", "dockerhub"),
            true,
        ],
        [
            "Docker Hub, for ghcr.io",
            { type: "docker-hub", url: "https://hub.docker.com" },
            at("ghcr.io", "ghcr"),
            false,
        ],
        [
            "an address without a scheme",
            { type: "docker-registry", url: "r.example.com:5000" },
            at("r.example.com:5000"),
            true,
        ],
        [
            "another port",
            { type: "docker-registry", url: "http://r.example.com:5001" },
            at("r.example.com:5000"),
            false,
        ],
        [
            "ECR's API in the region",
            { type: "aws-ecr", url: "https://api.ecr.eu-west-1.amazonaws.com" },
            at("111111111111.dkr.ecr.eu-west-1.amazonaws.com", "ecr"),
            true,
        ],
        [
            "ECR's API in another",
            { type: "aws-ecr", url: "https://api.ecr.us-east-1.amazonaws.com" },
            at("111111111111.dkr.ecr.eu-west-1.amazonaws.com", "ecr"),
            false,
        ],
        ["no address at all", { type: "docker-registry", url: "http://" }, at("r.example.com"), false],
    ])("of %s", (_title, endpoint, other, isIts) => {
        const reason = ruled({ src_registry: { id: 3, ...endpoint } }, other);
        expect(reason === undefined).toBe(isIts);
        if (!isIts) {
            expect(reason).toMatch(/^it is of the registry .*, and not of /);
        }
    });

    it("that pushes is looked at from its other side", () => {
        const pushes = {
            src_registry: { id: 0 },
            dest_registry: { id: 4, type: "docker-registry", url: "https://r.example.com" },
        };
        expect(ruled(pushes, at("r.example.com"), "push")).toBeUndefined();
        expect(ruled({}, at("r.example.com"), "push")).toBe("it pulls, and this is to be pushed");
    });
});

describe("The line of a log that tells why", () => {
    const error = (text: string) =>
        `2026-11-22T05:17:02Z [ERROR] [/controller/replication/transfer/image/transfer.go:441]: ${text}`;
    const END = error("got error during the whole transfer period, mark the job failure");

    it.each<[string, string[], string | undefined]>([
        [
            "is the last error that names the image",
            [error("a/app:1: first"), error("a/app:1: second"), error("a/app:2: third"), END],
            "a/app:1: second",
        ],
        [
            "is of no tag that begins like it",
            [error("a/app:1.2: gone"), error("b/a/app:1: gone"), error("dial tcp: timeout"), END],
            "dial tcp: timeout",
        ],
        ["is whatever error there is", [END], "got error during the whole transfer period, mark the job failure"],
        ["is none where there is none", ["2026-11-22T05:17:02Z [INFO] [/x.go:1]: all is well", "  "], undefined],
    ])("%s", (_title, lines, line) => {
        expect(errorLineOf(lines.join("\r\n"), ["a/app:1"])).toBe(line);
    });

    it("holds no secret", () => {
        const log = error("GET https://u:p4ss@h/x?token=abc: Authorization: Bearer eyJhbGciOi said hunter22");
        const line = errorLineOf(log, [], ["hunter22"]);
        expect(line).toContain("GET https://h/x");
        expect(line).not.toMatch(/p4ss|abc|eyJ|hunter22/);
    });
});
