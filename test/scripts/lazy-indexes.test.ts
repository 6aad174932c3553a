import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadLate, loadLateBelow } from "../../scripts/lazy-indexes";
import { temporaryFolder } from "../support/embedded";

/** As the compiler writes it. */
const INDEX = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.two = exports.one = void 0;
var first_file_1 = require("./first-file");
Object.defineProperty(exports, "one", { enumerable: true, get: function () { return first_file_1.one; } });
var second_1 = require("./deep/second");
Object.defineProperty(exports, "two", { enumerable: true, get: function () { return second_1.two; } });
`;

const part = (name: string): string => `(globalThis.loaded ??= []).push("${name}"); exports.${name} = "${name}";`;

describe("an index of the built package", () => {
    it("loads a file when its first name is used, once, and has all names from the start", async () => {
        const folder = await temporaryFolder();
        mkdirSync(join(folder, "room", "deep"), { recursive: true });
        writeFileSync(join(folder, "room", "index.js"), INDEX);
        writeFileSync(join(folder, "room", "first-file.js"), part("one"));
        writeFileSync(join(folder, "room", "deep", "second.js"), part("two"));
        expect(loadLateBelow(folder)).toBe(1);
        const seen = globalThis as { loaded?: string[] };
        const room = require(join(folder, "room")) as { one: string; two: string };
        expect([Object.keys(room).sort(), seen.loaded]).toEqual([["one", "two"], undefined]);
        expect([room.two, room.two, seen.loaded]).toEqual(["two", "two", ["two"]]);
        expect([room.one, seen.loaded]).toEqual(["one", ["two", "one"]]);
        // A build on a build finds nothing more to do.
        expect(loadLateBelow(folder)).toBe(0);
    });

    it.each([
        ["does something", `${INDEX}exports.three = () => 3;\n`],
        ["exports all of a file", `${INDEX}__exportStar(require("./third"), exports);\n`],
        ["loads a file for its effect", `${INDEX}require("./third");\n`],
        ["exports a package's name", INDEX.replace("./first-file", "undici")],
        ["exports nothing", '"use strict";\n'],
    ])("stays as it is where it %s", (_, text) => {
        expect(loadLate(text)).toBeUndefined();
    });

    it("is one that loads late for every room that only exports", () => {
        for (const room of ["catalog", "mirror", "oci", "registry", "report"]) {
            const file = join(__dirname, "..", "..", "dist", "core", room, "index.js");
            expect(existsSync(file) && readFileSync(file, "utf8")).toContain(" ??= require(");
        }
    });
});
