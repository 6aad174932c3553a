import { expect, it } from "vitest";
import { UNKNOWN } from "../../../core/lifecycle/unknown";
import { type LocalGitHub, localGitHub, TOKEN } from "../../support/github";
import { CATALOG, guardInputs, openHooks, ours, reasons, WORKFLOW, Writer } from "./delivery-world";

const FILES = { [WORKFLOW]: ours("name: Publish"), [CATALOG]: ours("version: 1") };
const NEWER = { ...FILES, [WORKFLOW]: ours("name: Publish more") };

async function worldWith(files: Readonly<Record<string, string>> = {}): Promise<LocalGitHub> {
    const github = await localGitHub();
    const writer = new Writer(github);
    await writer.write(files);
    await writer.close();
    github.log.splice(0);
    return github;
}

const check = (github: LocalGitHub, inputs = guardInputs(FILES), olds = {}) =>
    openHooks(github).guard.check(olds, inputs);

it("lets files into a repository that has none of them, and names the branches", async () => {
    const github = await worldWith();
    const { inputs, failures } = await check(github);
    expect(failures).toBeUndefined();
    expect(inputs).toMatchObject({ base: "main", ownerKind: "Organization", kept: {}, observed: {} });
    expect(inputs.head).toMatch(/^transship\/explorer-[0-9a-f]{12}$/);
    expect(github.counts()).toEqual({ GET: github.log.length });
});

it.each([
    ["missing/app", "acme/nowhere", /Could not find the repository acme\/nowhere: .*404.*check the name/],
    ["an address", "https://github.com/acme/images", /is no GitHub repository: write acme\/images/],
])("refuses %s as a repository in one sentence", async (_what, repository, sentence) => {
    const github = await worldWith();
    const result = await check(github, guardInputs(FILES, { repository }));
    expect(reasons(result)).toEqual([expect.stringMatching(sentence)]);
});

it("refuses an archived repository, and one that was renamed, with its new name", async () => {
    const github = await worldWith();
    github.repository().archived = true;
    expect(reasons(await check(github))).toEqual([
        expect.stringContaining("acme/images is archived, and takes no files"),
    ]);
    github.repository().archived = false;
    github.world.renamed.set("acme/pictures", "acme/images");
    expect(reasons(await check(github, guardInputs(FILES, { repository: "acme/pictures" })))).toEqual([
        "acme/pictures is called acme/images now: write acme/images as the repository.",
    ]);
});

it("refuses a commit onto a protected branch, and not a pull request for it", async () => {
    const github = await worldWith();
    github.repository().protection.set("main", { required_pull_request_reviews: {} });
    expect(reasons(await check(github, guardInputs(FILES, { delivery: "commit" })))).toEqual([
        'the branch main of acme/images is protected, and nothing is committed straight onto it: take delivery "pull-request", or name another branch.',
    ]);
    expect(reasons(await check(github))).toEqual([]);
});

it("refuses a branch that is not there", async () => {
    const github = await worldWith();
    const result = await check(github, guardInputs(FILES, { branch: "mian" }));
    expect(reasons(result)).toEqual(["acme/images has no branch mian: make it, or leave it out for main."]);
});

it("refuses a token that may not write, or may write no workflow", async () => {
    const github = await worldWith();
    github.world.tokens.set("ghp_reader", { login: "octocat", scopes: ["repo"] });
    const { guard } = openHooks(github, { "github:token": "ghp_reader" });
    expect(reasons(await guard.check({}, guardInputs(FILES)))).toEqual([
        expect.stringMatching(/this token may not write the workflow .*publish\.yml of acme\/images: .*workflow/),
    ]);
    github.world.addOwner("stranger", "User");
    github.world.tokens.set("ghp_stranger", { login: "stranger", scopes: ["repo", "workflow"] });
    const stranger = openHooks(github, { "github:token": "ghp_stranger" });
    expect(reasons(await stranger.guard.check({}, guardInputs(FILES)))).toEqual([
        expect.stringMatching(/lets this token not write to acme\/images/),
    ]);
    // GitHub tells a job's own token nothing of what it may do: only the attempt shows it.
    const job = openHooks(github, { "github:token": TOKEN });
    expect(reasons(await job.guard.check({}, guardInputs(FILES)))).toEqual([]);
});

it("refuses what the provider would write to another owner's repository", async () => {
    const github = await worldWith();
    const { guard } = openHooks(github, { "github:owner": "octocat" });
    expect(reasons(await guard.check({}, guardInputs(FILES)))).toEqual([
        "@pulumi/github writes to repositories of octocat, and acme/images is of acme: run pulumi config set github:owner acme, or give the component a github.Provider with that owner.",
    ]);
    expect(reasons(await guard.check({}, guardInputs(FILES, { providerOwner: "Acme" })))).toEqual([]);
    expect(reasons(await guard.check({}, guardInputs(FILES, { providerOwner: "" })))).toEqual([
        expect.stringContaining("writes to repositories of octocat"),
    ]);
});

it("lets our own files be replaced by newer ones, with line ends of Windows too", async () => {
    const github = await worldWith({ ...FILES, [CATALOG]: FILES[CATALOG]?.replaceAll("\n", "\r\n") ?? "" });
    expect(reasons(await check(github, guardInputs(NEWER)))).toEqual([]);
});

it("refuses a file that was changed by hand, and one that somebody else wrote, each by name", async () => {
    const github = await worldWith({ [WORKFLOW]: `${FILES[WORKFLOW]}# mine\n`, [CATALOG]: "version: 1\n" });
    const result = await check(github, guardInputs(NEWER));
    expect(reasons(result)).toEqual([
        `${CATALOG} in acme/images (main) is there already, and Transship did not write it: take the change over and put the file back, or set onEdited to "keep" or "overwrite", or give ${CATALOG} another path.`,
        `${WORKFLOW} in acme/images (main) was changed by hand since Transship wrote it: take the change over and put the file back, or set onEdited to "keep" or "overwrite", or give ${WORKFLOW} another path.`,
    ]);
    expect(result.inputs.observed).toEqual({ edited: [CATALOG, WORKFLOW] });
});

it("keeps an edited file as it is, or has it written over, where it is told to, and says so", async () => {
    const edited = `${FILES[WORKFLOW]}# mine\n`;
    const github = await worldWith({ ...FILES, [WORKFLOW]: edited });
    const keeping = openHooks(github);
    const kept = await keeping.guard.check({}, guardInputs(FILES, { onEdited: "keep", delivery: "commit" }));
    expect(kept.failures).toBeUndefined();
    expect(kept.inputs).toMatchObject({ kept: { [WORKFLOW]: edited } });
    expect(keeping.told).toEqual([
        `${WORKFLOW} in acme/images (main) was changed by hand since Transship wrote it: it stays as it is`,
    ]);
    const over = guardInputs(FILES, { onEdited: "overwrite", delivery: "commit" });
    const hooks = openHooks(github);
    const first = await hooks.guard.check({}, over);
    expect(first.inputs).toMatchObject({ kept: {}, rewritten: { [WORKFLOW]: 1 } });
    expect(hooks.told).toEqual([expect.stringContaining("it is written over")]);
    // Once more edited, once more written; not edited, not written.
    const second = await hooks.guard.check(first.inputs, over);
    expect(second.inputs.rewritten).toEqual({ [WORKFLOW]: 2 });
    const writer = new Writer(github);
    await writer.write(FILES);
    const third = await hooks.guard.check(second.inputs, over);
    expect(third.inputs.rewritten).toEqual({ [WORKFLOW]: 2 });
    await writer.close();
});

it("takes the README that GitHub began a repository of ours with for nobody's work", async () => {
    const github = await worldWith({ "README.md": "# images\nCopies of images\n" });
    const files = { "README.md": ours("# Copies") };
    expect(reasons(await check(github, guardInputs(files, { created: true })))).toEqual([]);
    expect(reasons(await check(github, guardInputs(files)))).toHaveLength(1);
    const writer = new Writer(github);
    await writer.write({ "README.md": "# images\nCopies\n\nand what somebody wrote\n" });
    expect(reasons(await check(github, guardInputs(files, { created: true })))).toHaveLength(1);
    await writer.close();
});

it("gives other content another branch, and keeps that of what was delivered", async () => {
    const github = await worldWith();
    const first = (await check(github)).inputs;
    expect((await check(github, guardInputs(NEWER), first)).inputs.head).not.toBe(first.head);
    const writer = new Writer(github);
    await writer.write(FILES);
    expect((await check(github, guardInputs(FILES), first)).inputs.head).toBe(first.head);
    // What was delivered before is another change from here on: an old branch would conflict.
    await writer.write(NEWER);
    expect((await check(github, guardInputs(FILES), first)).inputs.head).not.toBe(first.head);
    await writer.close();
});

it("refuses to write over what somebody changed on the pull request's branch", async () => {
    const github = await worldWith();
    const writer = new Writer(github);
    const { head = "" } = (await check(github)).inputs;
    await writer.write({ ...FILES, [WORKFLOW]: `${FILES[WORKFLOW]}# reviewed\n` }, head);
    expect(reasons(await check(github))).toEqual([
        expect.stringContaining(`${WORKFLOW} in acme/images (${head}) was changed`),
    ]);
    await writer.close();
});

it("refuses two components of one program that write the same file", async () => {
    const github = await worldWith();
    const { guard } = openHooks(github);
    expect(reasons(await guard.check({}, guardInputs(FILES)))).toEqual([]);
    const other = guardInputs({ [CATALOG]: ours("version: 1") }, { deliverer: "docs" });
    expect(reasons(await guard.check({}, other))).toEqual([
        `explorer and docs both write ${CATALOG} in acme/images (main): give one of them another path.`,
    ]);
});

it("looks at nothing while the repository is not known, and refuses nothing", async () => {
    const github = await worldWith();
    const { inputs, failures } = await check(github, guardInputs(FILES, { repository: UNKNOWN }));
    expect(failures).toBeUndefined();
    expect(inputs).toMatchObject({ base: UNKNOWN, head: UNKNOWN, kept: UNKNOWN });
    expect(github.log).toEqual([]);
});

it("changes only when what is wanted or what was found is another, and deletes nothing", async () => {
    const github = await worldWith();
    const { guard } = openHooks(github);
    const { inputs } = await guard.check({}, guardInputs(FILES));
    const { id, outs } = await guard.create(inputs);
    expect(await guard.diff(id, outs, inputs)).toEqual({ changes: false });
    expect(await guard.diff(id, outs, { ...inputs, onEdited: "keep" })).toEqual({ changes: true });
    expect(await guard.read(id, outs)).toEqual({ id, props: outs, inputs: outs });
    github.log.splice(0);
    await guard.delete();
    expect(github.log).toEqual([]);
});

it("refuses while GitHub cannot be asked: nothing is written that was not looked at", async () => {
    const github = await worldWith();
    github.fail({ method: "GET", url: /contents/, status: 403, message: "Resource not accessible", times: 9 });
    const result = await check(github);
    expect(reasons(result)).toEqual([expect.stringMatching(/Could not read .* of acme\/images at main/)]);
});
