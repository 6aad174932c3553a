import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { environmentBin, fetchPythonEnvironment, readPythonEnvironments } from "../../scripts/tools/python-environment";

let directory: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "transship-python-"));
    mkdirSync(join(directory, "tools", "aws"), { recursive: true });
    mkdirSync(join(directory, "tools", "without"));
    list("# programs: one two\none==1.0\n");
    env = { PATH: join(directory, "path"), XDG_CACHE_HOME: join(directory, "it's a cache") };
});
afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
});

function list(text: string): void {
    writeFileSync(join(directory, "tools", "aws", "requirements.txt"), text);
}

/** A python3 that notes its arguments, makes the programs that pip would, and runs what it is asked to run. */
function fakePython(last: string): void {
    const script = `#!/bin/sh
PATH=/usr/bin:/bin
if [ "$1" != -m ]; then echo "$PYTHONPATH $*"; exit 0; fi
echo "$*" >> '${directory}/asked'
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/bin"
touch "$2/bin/one"
${last}
`;
    mkdirSync(join(directory, "path"), { recursive: true });
    writeFileSync(join(directory, "path", "python3"), script);
    chmodSync(join(directory, "path", "python3"), 0o755);
}

const read = () => {
    const [environment, ...others] = readPythonEnvironments(join(directory, "tools"));
    expect(others).toEqual([]);
    return environment as NonNullable<typeof environment>;
};
const asked = () => readFileSync(join(directory, "asked"), "utf8").trim().split("\n");

describe("Python programs of a pinned list", () => {
    it("are those that the list names, with a key that changes with it", () => {
        const first = read();
        expect(first).toMatchObject({ name: "aws", programs: ["one", "two"] });
        list("# programs: one two\none==1.1\n");
        expect(read().key).not.toBe(first.key);
    });

    it("are fetched once, and each is a command that knows where its packages are", async () => {
        fakePython("");
        expect(await fetchPythonEnvironment(read(), () => {}, env)).toBe(true);
        expect(await fetchPythonEnvironment(read(), () => {}, env)).toBe(false);
        expect(asked()).toHaveLength(1);
        expect(asked()[0]).toContain(`--requirement ${join(directory, "tools", "aws", "requirements.txt")}`);
        const said = execFileSync(join(environmentBin(read(), env), "one"), ["--port", "a b"], { encoding: "utf8" });
        const library = join(environmentBin(read(), env), "..", "lib");
        expect(said.trim()).toBe(`${library} ${join(library, "bin", "one")} --port a b`);
    });

    it("leave nothing behind where pip fails, and say what it said", async () => {
        fakePython("echo 'no such version' >&2; exit 1");
        await expect(fetchPythonEnvironment(read(), () => {}, env)).rejects.toThrow(/exit code 1.*\nno such version/);
        expect(existsSync(environmentBin(read(), env))).toBe(false);
    });

    it("ask for Python where there is none", async () => {
        await expect(fetchPythonEnvironment(read(), () => {}, env)).rejects.toThrow(
            "one, two come from PyPI: install python3 with pip.",
        );
    });
});
