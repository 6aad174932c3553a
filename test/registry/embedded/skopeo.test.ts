import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { embedded, temporaryFolder } from "../../support/embedded";
import { imageIndex, pushTree, sha256 } from "../../support/images";
import { describeWith } from "../../support/require-program";
import { ask } from "./wire";

describeWith(["skopeo"], "skopeo and the embedded registry", ({ skopeo }) => {
    const run = async (...args: string[]) => {
        const { stdout } = await promisify(execFile)(skopeo, ["--insecure-policy", ...args], { encoding: "buffer" });
        return stdout;
    };

    it.each(["oci", "docker"] as const)("copies a whole image of the %s family from one to another", async (family) => {
        const [from, to] = [await embedded(), await embedded()];
        const tree = imageIndex({ family });
        await pushTree(from.host, "team/app", tree, { tag: "1.0" });
        const inspect = ["inspect", "--tls-verify=false", "--raw"];
        expect(sha256(await run(...inspect, `docker://${from.host}/team/app:1.0`))).toBe(tree.root);

        const source = `docker://${from.host}/team/app:1.0`;
        const copy = ["copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"];
        await run(...copy, source, `docker://${to.host}/copy/app:1.0`);
        const copied = await ask(to, "HEAD", "/v2/copy/app/manifests/1.0");
        expect(copied.headers["docker-content-digest"]).toBe(tree.root);
        for (const [digest, bytes] of tree.blobs) {
            expect((await ask(to, "GET", `/v2/copy/app/blobs/${digest}`)).body.equals(bytes)).toBe(true);
        }
    });

    it.each(["basic", "bearer"] as const)("logs in by %s, pushes, and pulls without a login", async (kind) => {
        const registry = await embedded({ auth: { kind, users: { owner: "secret" }, anonymousPull: true } });
        const folder = await temporaryFolder();
        const tree = imageIndex();
        const open = await embedded();
        await pushTree(open.host, "app", tree, { tag: "1.0" });
        const target = `docker://${registry.host}/app:1.0`;
        const credentials = join(folder, "auth.json");
        const auth = Buffer.from("owner:secret").toString("base64");
        await writeFile(credentials, JSON.stringify({ auths: { [registry.host]: { auth } } }));
        const copy = ["copy", "--all", "--preserve-digests", "--src-tls-verify=false"];
        const push = [...copy, "--dest-tls-verify=false", `docker://${open.host}/app:1.0`, target];
        const nobody = join(folder, "none.json");
        await writeFile(nobody, "{}");
        await expect(run(...push, "--dest-authfile", nobody)).rejects.toThrow(/unauthorized|authentication required/i);
        await run(...push, "--dest-authfile", credentials);
        await run(...copy, "--src-authfile", nobody, target, `oci:${join(folder, "layout")}:1.0`);
        const layout = JSON.parse(await readFile(join(folder, "layout", "index.json"), "utf8"));
        expect(layout.manifests[0].digest).toBe(tree.root);
    });

    it("lists tags and deletes an image", async () => {
        const registry = await embedded();
        await pushTree(registry.host, "app", imageIndex(), { tag: "1.0" });
        const listed = await run("list-tags", "--tls-verify=false", `docker://${registry.host}/app`);
        expect(JSON.parse(listed.toString()).Tags).toEqual(["1.0"]);
        await run("delete", "--tls-verify=false", `docker://${registry.host}/app:1.0`);
        expect((await ask(registry, "HEAD", "/v2/app/manifests/1.0")).status).toBe(404);
    });
});
