import { expect, it } from "vitest";
import { type LocalGitHub, localGitHub } from "../../support/github";
import { openHooks, ours, pullInputs, reasons, WORKFLOW, Writer } from "./delivery-world";

const FILES = { [WORKFLOW]: ours("name: Publish") };
const NEWER = { [WORKFLOW]: ours("name: Publish more") };
const [HEAD, NEXT] = ["transship/explorer-0123", "transship/explorer-4567"];

async function open(): Promise<{ github: LocalGitHub; writer: Writer }> {
    const github = await localGitHub();
    return { github, writer: new Writer(github) };
}

/** As the engine does it: `check`, and then what is due. */
async function up(github: LocalGitHub, inputs = pullInputs(FILES), olds?: Awaited<ReturnType<typeof create>>) {
    const hooks = openHooks(github);
    const checked = await hooks.pullRequest.check(olds?.outs ?? {}, inputs);
    expect(reasons(checked)).toEqual([]);
    if (olds === undefined) {
        return { ...(await create(github, checked.inputs)), changes: true, told: hooks.told };
    }
    const { changes } = await hooks.pullRequest.diff(olds.id, olds.outs, checked.inputs);
    const { outs } = changes ? await hooks.pullRequest.update(olds.id, olds.outs, checked.inputs) : olds;
    return { id: olds.id, outs, changes, told: hooks.told };
}

function create(github: LocalGitHub, inputs: ReturnType<typeof pullInputs>) {
    return openHooks(github).pullRequest.create(inputs);
}

it("opens one pull request, says so in a preview before, and opens no second one", async () => {
    const { github, writer } = await open();
    const preview = await openHooks(github).pullRequest.check({}, pullInputs(FILES));
    expect(preview.inputs.observed).toEqual({ state: "absent" });
    await writer.write(FILES, HEAD);
    const first = await up(github);
    expect(first.outs).toMatchObject({
        state: "open",
        number: 1,
        url: expect.stringMatching(/acme\/images\/pull\/1$/),
    });
    expect(github.repository().pulls.get(1)).toMatchObject({ head: HEAD, base: "main", title: "Publish explorer" });
    const second = await up(github, pullInputs(FILES), first);
    expect(second).toMatchObject({ changes: false, outs: { number: 1 } });
    expect(await up(github)).toMatchObject({ outs: { state: "open", number: 1 } });
    expect(github.repository().pulls.size).toBe(1);
    await writer.close();
});

it("says merged when the base has the files, also when the branch was deleted, and opens nothing", async () => {
    const { github, writer } = await open();
    await writer.write(FILES, HEAD);
    const first = await up(github);
    writer.merge(1);
    writer.deleteBranch(HEAD);
    const second = await up(github, pullInputs(FILES), first);
    expect(second).toMatchObject({ changes: true, outs: { state: "merged", number: 1 } });
    expect(await up(github, pullInputs(FILES), second)).toMatchObject({ changes: false });
    // A refresh that lost branch and files made the branch anew, with nothing on it that main has not.
    await writer.write(FILES, HEAD);
    expect(await up(github)).toMatchObject({ outs: { state: "merged", number: 1 } });
    expect(github.repository().pulls.size).toBe(1);
    await writer.close();
});

it("says merged without a number where the files came in by another way", async () => {
    const { github, writer } = await open();
    await writer.write(FILES);
    const { outs } = await up(github);
    expect(outs.state).toBe("merged");
    expect(outs.number).toBeUndefined();
    expect(github.repository().pulls.size).toBe(0);
    await writer.close();
});

it("opens no pull request for a branch that brings nothing", async () => {
    const { github, writer } = await open();
    await writer.write({}, HEAD);
    expect(await up(github)).toMatchObject({ outs: { state: "merged" } });
    expect(github.repository().pulls.size).toBe(0);
    await writer.close();
});

it("does not open again what was declined, and says so at every look", async () => {
    const { github, writer } = await open();
    await writer.write(FILES, HEAD);
    const first = await up(github);
    Object.assign(github.repository().pulls.get(1) ?? {}, { state: "closed" });
    const second = await up(github, pullInputs(FILES), first);
    expect(second).toMatchObject({ changes: true, outs: { state: "closed", number: 1 } });
    const third = await up(github, pullInputs(FILES), second);
    expect(third.changes).toBe(false);
    expect(third.told).toEqual([
        expect.stringMatching(
            /^acme\/images#1 was closed, and main has not what it brought: open it again there \(http.*\), or change what is delivered$/,
        ),
    ]);
    expect(github.repository().pulls.size).toBe(1);
    await writer.close();
});

it("closes the older pull request, with a word, when other content is delivered; both branches stay", async () => {
    const { github, writer } = await open();
    await writer.write(FILES, HEAD);
    const first = await up(github);
    await writer.write(NEWER, NEXT);
    const second = await up(github, pullInputs(NEWER, { head: NEXT }), first);
    expect(second.outs).toMatchObject({ state: "open", number: 2, head: NEXT });
    const { git, pulls } = github.repository();
    expect(pulls.get(1)).toMatchObject({ state: "closed", body: "What comes in.\n\nSuperseded by #2." });
    expect(pulls.get(2)).toMatchObject({ state: "open" });
    expect([...git.refs.keys()]).toEqual(expect.arrayContaining([`heads/${HEAD}`, `heads/${NEXT}`]));
    await writer.close();
});

it("renews its own description, and leaves one that somebody wrote in", async () => {
    const { github, writer } = await open();
    await writer.write(FILES, HEAD);
    const first = await up(github);
    const second = await up(github, pullInputs(FILES, { body: "More to set." }), first);
    const pull = github.repository().pulls.get(1);
    expect(pull?.body).toBe("More to set.");
    Object.assign(pull ?? {}, { body: "More to set. I have done it." });
    await up(github, pullInputs(FILES, { body: "Still more to set." }), second);
    expect(pull?.body).toBe("More to set. I have done it.");
    await writer.close();
});

it("says what to do where its branch is gone though the state has it", async () => {
    const { github } = await open();
    await expect(create(github, pullInputs(FILES))).rejects.toThrow(
        `The branch ${HEAD} of acme/images is gone, though the state has it: run pulumi up --refresh, which makes it again.`,
    );
});

it("refuses in one sentence where the token may open none, and deletes nothing ever", async () => {
    const { github, writer } = await open();
    await writer.write(FILES, HEAD);
    github.fail({ method: "POST", url: /pulls$/, status: 403, message: "Resource not accessible by integration" });
    await expect(create(github, pullInputs(FILES))).rejects.toThrow(
        /^Could not open a pull request from transship\/explorer-0123 to main in acme\/images: .*403/,
    );
    const { outs, id } = await create(github, pullInputs(FILES));
    github.log.splice(0);
    const hooks = openHooks(github);
    await hooks.pullRequest.delete();
    expect(github.log).toEqual([]);
    expect(await hooks.pullRequest.read(id, outs)).toMatchObject({ props: { state: "open", number: 1 } });
    expect(github.counts()).toEqual({ GET: github.log.length });
    await writer.close();
});

it("is another resource where the repository is another one", async () => {
    const { github, writer } = await open();
    await writer.write(FILES, HEAD);
    const { outs, id } = await up(github);
    const { pullRequest } = openHooks(github);
    expect(await pullRequest.diff(id, outs, { ...outs, repository: "acme/other" })).toEqual({
        changes: true,
        replaces: ["repository"],
    });
    await writer.close();
});
