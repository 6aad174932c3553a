import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../images";
import type { ActionCall, ActionResult } from "./known-actions";
import { linesOf } from "./metadata";

/**
 * docker/build-push-action without the build: an image of random bytes for the platforms that are asked for, with BuildKit's
 * attestations where provenance or an SBOM are, pushed as its `outputs` say. Each build is another image.
 */
export async function buildAndPush({ home, inputs, workspace }: ActionCall): Promise<ActionResult> {
    const { context = "", file = join(context, "Dockerfile"), outputs = "" } = inputs;
    if (!existsSync(join(workspace, file))) {
        throw new Error(`failed to read dockerfile: open ${file}: no such file or directory`);
    }
    const wish = new Map(outputs.split(",").map((part) => part.split("=", 2) as [string, string]));
    if (wish.get("push") !== "true") {
        return { outputs: {}, log: "Nothing is pushed: no output was asked for.\n" };
    }
    const [host = "", ...path] = (wish.get("name") ?? "").split("/");
    if (wish.get("push-by-digest") !== "true" || wish.get("name-canonical") !== "true" || path.length === 0) {
        throw new Error(`this stand-in pushes by digest only, and not ${outputs}`);
    }
    const tree = imageFor(inputs);
    const auth = loginOf(home, host);
    await pushTree(host, path.join("/"), tree, auth === undefined ? {} : { auth });
    return { outputs: { digest: tree.root }, log: `pushed ${host}/${path.join("/")}@${tree.root}\n` };
}

function imageFor({ annotations, platforms = "", provenance, sbom }: ActionCall["inputs"]): ImageTree {
    const attestations = provenance !== "false" || sbom === "true";
    const list = platforms.split(",");
    const ofIndex = linesOf(annotations).filter((line) => /^[a-z,]*\bindex\b[a-z,]*:/.test(line));
    if (ofIndex.length > 0 && list.length === 1) {
        throw new Error("index annotations not supported for single platform export");
    }
    if (list.length === 1 && !attestations) {
        return singleImage({ platform: list[0] });
    }
    const values = ofIndex.map((line) => line.replace(/^[^:]*:/, "").split(/=(.*)/s, 2) as [string, string]);
    return imageIndex({ platforms: list, attestations, annotations: Object.fromEntries(values) });
}

/** What an earlier log-in has left for that host. */
function loginOf(home: string, host: string): { username: string; password: string } | undefined {
    const file = join(home, ".docker", "config.json");
    const { auths = {} } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    const { auth } = (auths as Record<string, { auth: string }>)[host] ?? {};
    if (auth === undefined) {
        return undefined;
    }
    const [username = "", password = ""] = Buffer.from(auth, "base64").toString("utf8").split(/:(.*)/s);
    return { username, password };
}
