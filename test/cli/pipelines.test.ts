import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stateOf } from "../../core/workflows";
import { temporaryFolder } from "../support/embedded";
import { isPlain, transship } from "./command";

const CATALOG = `version: 1
registries:
  gl: { host: registry.gitlab.com/acme, credentials: { from: docker } }
  hub: { host: docker.io/acme, kind: dockerhub, credentials: { from: env, username: HUB_USER, password: HUB_TOKEN } }
images:
  explorer: { policy: dual, source: registry.gitlab.com/acme/explorer, targets: [hub], tags: [latest] }
`;

async function project() {
    const cwd = await temporaryFolder();
    writeFileSync(join(cwd, "catalog.yaml"), CATALOG);
    return { cwd, run: (...args: string[]) => transship(args, { cwd }) };
}

describe("transship workflow --ci", () => {
    it("writes a Jenkinsfile and a .gitlab-ci.yml once, and leaves what a person changed", async () => {
        const { cwd, run } = await project();
        for (const [ci, file, credential] of [
            ["jenkins", "Jenkinsfile", "transship-gl"],
            ["gitlab", ".gitlab-ci.yml", "GL_PASSWORD"],
        ] as const) {
            const write = () => run("workflow", "publish", "--ci", ci, "--image", "explorer=.", "-o", file);
            const written = await write();
            expect([written.code, written.stderr]).toEqual([0, ""]);
            expect(written.stdout).toContain(`Wrote ${file}`);
            expect(written.stdout).toContain(credential);
            const text = readFileSync(join(cwd, file), "utf8");
            expect(stateOf(text)).toBe("untouched");
            expect(text).toContain(`  npx transship workflow publish --ci ${ci} --image explorer=.\n`);
            expect(text).toContain("registry.gitlab.com/acme/explorer");
            expect((await write()).stdout).toContain(`${file} is as it should be`);
            writeFileSync(join(cwd, file), text.replace("60", "90"));
            const refused = await write();
            expect([refused.code, isPlain(refused)]).toEqual([2, true]);
            expect(refused.stderr).toContain(`${file} was changed since it was generated`);
        }
    });

    it.each([
        [["proof", "--ci", "circle"], '--ci "circle" is not known: write one of github, jenkins, gitlab.'],
        [["shards", "--ci", "gitlab"], "--ci gitlab has no shards: it has publish, mirror, proof."],
        [["proof", "--ci", "jenkins", "--deployment", "x"], "--deployment means nothing for proof with --ci jenkins"],
        [["proof", "--ci-image", "x"], "--ci-image means nothing for proof: leave it out."],
        [["proof", "--ci", "gitlab", "--ci-image", "node:22"], `The jobs' image "node:22" is not pinned`],
        [["mirror", "--ci", "gitlab", "--branch", "x"], "--branch means nothing for mirror with --ci gitlab"],
        [
            ["publish", "--ci", "gitlab", "--image", "explorer=.", "--sign-with", "gpg"],
            '--sign-with "gpg" is not known',
        ],
        [["publish", "--ci", "jenkins", "--image", "explorer=..", "--unsigned"], '".." of explorer is no path below'],
    ])("refuses %j in one sentence", async (args, sentence) => {
        const { run } = await project();
        const ended = await run("workflow", ...args);
        expect(ended.stderr).toContain(sentence);
        expect([ended.code, ended.stdout, isPlain(ended)]).toEqual([2, "", true]);
    });
});

describe("transship tags", () => {
    const SHA = "0123456789abcdef0123456789abcdef01234567";

    it("prints a tag a line, or a document", async () => {
        const { run } = await project();
        const rules = "type=semver,pattern={{version}}\n\ntype=sha\n";
        const args = [
            "tags",
            "--rules",
            rules,
            "--commit",
            SHA,
            "--branch",
            "",
            "--git-tag",
            "v1.2.3",
            "--event",
            "push",
        ];
        expect((await run(...args)).stdout).toBe("1.2.3\nsha-0123456\nlatest\n");
        const { code, stdout } = await run(...args, "--flavor", "latest=false", "--json");
        expect([code, JSON.parse(stdout)]).toEqual([
            0,
            { schemaVersion: 1, command: "tags", exitCode: 0, tags: ["1.2.3", "sha-0123456"] },
        ]);
        expect(await run("tags", "--rules", "type=ref,event=tag", "--commit", SHA, "--branch", "main")).toMatchObject({
            code: 0,
            stdout: "",
        });
    });

    it.each([
        [["--commit", SHA], "required option '--rules <lines>' not specified"],
        [["--rules", "type=sha", "--commit", "0123456"], '--commit "0123456" is no whole commit: write all 40 digits.'],
        [["--rules", "type=sha", "--commit", SHA, "--branch", "a", "--git-tag", "b"], "exclude each other"],
        [["--rules", "type=shaa", "--commit", SHA], "is of no known type"],
    ])("refuses %j in one sentence", async (args, sentence) => {
        const { run } = await project();
        const ended = await run("tags", ...args);
        expect(ended.stderr).toContain(sentence);
        expect([ended.code, ended.stdout, isPlain(ended)]).toEqual([2, "", true]);
    });
});
