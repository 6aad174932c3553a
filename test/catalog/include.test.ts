import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCatalog } from "../../core/catalog";
import { folderOf, problemsOf, REGISTRIES } from "./folder";

const keep = (name: string, source = "a/b") => `images:\n  ${name}: { policy: keep, source: ${source}, tags: [x] }\n`;
const loadFrom = (files: Readonly<Record<string, string>>) => loadCatalog(join(folderOf(files), "catalog.yaml"));

describe("An include", () => {
    it("adds images and registries of all files that a glob finds, relative to the file that names it", () => {
        const catalog = loadFrom({
            "catalog.yaml": `version: 1\ninclude: [teams/*.yaml, extra.yml]\n`,
            "teams/a.yaml": `include: ["a/**/*.yaml"]\n${keep("a")}`,
            "teams/a/deep/b.yaml": `registries: { quay: { host: quay.io } }\n${keep("b", "quay.io/b/b")}`,
            "teams/notes.txt": "not YAML: [",
            "extra.yml": `version: 1\n${keep("c")}`,
        });
        expect(Object.keys(catalog.images)).toEqual(["a", "b", "c"]);
        expect(catalog.images.b?.source.registry).toBe("quay");
    });

    it("leaves out the file itself, lock files and what npm installed", () => {
        const catalog = loadFrom({
            "catalog.yaml": `version: 1\ninclude: ["**/*.yaml"]\n${keep("a")}`,
            "catalog.lock.yaml": "version: 1\nenvironments: {}\n",
            "node_modules/x/y.yaml": "not: ours",
            "b.yaml": keep("b"),
        });
        expect(Object.keys(catalog.images)).toEqual(["a", "b"]);
    });

    it("reads a file once that two globs find", () => {
        const catalog = loadFrom({ "catalog.yaml": `version: 1\ninclude: [a.yaml, "*.yaml"]\n`, "a.yaml": keep("a") });
        expect(Object.keys(catalog.images)).toEqual(["a"]);
    });

    it("may find nothing by a glob, but must find what it names", () => {
        expect(problemsOf({ "catalog.yaml": `version: 1\ninclude: [teams/*.yaml, nope.yaml]\n${keep("a")}` })).toEqual([
            "catalog.yaml:2:25: include[1]: nope.yaml cannot be read: there is no such file",
        ]);
    });

    it("tells both places of a name that two files have", () => {
        expect(
            problemsOf({
                "catalog.yaml": `version: 1\ninclude: [a.yaml]\nregistries: { hub: { host: docker.io } }\n${keep("a")}`,
                "a.yaml": `registries:\n  hub: { host: quay.io }\n${keep("a")}`,
            }),
        ).toEqual([
            'a.yaml:2:3: registries.hub: "hub" is in catalog.yaml:3:15 already',
            'a.yaml:4:3: images.a: "a" is in catalog.yaml:5:3 already',
        ]);
    });

    it("tells a circle, and goes on with the rest", () => {
        expect(
            problemsOf({
                "catalog.yaml": `version: 1\ninclude: [a.yaml]\n${keep("a")}`,
                "a.yaml": "include: [sub/b.yaml]\n",
                "sub/b.yaml": `include: [../a.yaml, ../catalog.yaml]\nimages: { b: { policy: kep, source: a/b, tags: [x] } }\n`,
            }),
        ).toEqual([
            "sub/b.yaml:1:11: include[0]: files include each other in a circle: a.yaml -> sub/b.yaml -> a.yaml",
            "sub/b.yaml:1:22: include[1]: files include each other in a circle: catalog.yaml -> a.yaml -> sub/b.yaml -> catalog.yaml",
            'sub/b.yaml:2:24: images.b.policy: must be one of keep, migrate, dual, mirror; did you mean "keep"?',
        ]);
    });

    it("tells a file that includes itself, through a link too", () => {
        expect(problemsOf({ "catalog.yaml": `version: 1\ninclude: [catalog.yaml]\n${keep("a")}` })).toEqual([
            "catalog.yaml:2:11: include[0]: files include each other in a circle: catalog.yaml -> catalog.yaml",
        ]);
        const folder = folderOf({ "catalog.yaml": `version: 1\ninclude: [loop/catalog.yaml]\n${keep("a")}` });
        symlinkSync(folder, join(folder, "loop"));
        expect(() => loadCatalog(join(folder, "catalog.yaml"))).toThrow("files include each other in a circle");
    });

    it("tells the mistakes of every file, with the keys that only the catalogue itself may have", () => {
        expect(
            problemsOf({
                "catalog.yaml": `${REGISTRIES}include: ["*.yaml"]\n${keep("a")}`,
                "b.yaml": "defaults: { policy: keep }\nimages: { b: { source: a/c, tags: [x], targets: [gchr] } }\n",
                "c.yaml": "images: [\n",
            }),
        ).toEqual([
            'b.yaml:1:1: unknown key "defaults": it belongs in the catalogue that includes this file',
            'b.yaml:2:50: images.b.targets[0]: unknown registry "gchr"; did you mean "ghcr"?',
            "c.yaml:2:1: this is not valid YAML: deficient indentation",
        ]);
    });
});
