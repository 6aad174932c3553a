import { header, type RegistryRequest } from "./http/request";
import type { Transport } from "./http/transport";
import { uploadPath } from "./resource";
import { readSession } from "./upload-session";

/**
 * Opens an upload and cancels it: that we may push is proven, and nothing is left behind. To be asked of a repository
 * that is there, since some registries make one for an upload, and of a kind that can cancel (`Quirks.cancelsUploads`).
 *
 * @returns `left` where the session is still there after it was cancelled; it ends by the registry's own clean-up
 */
export async function tryUpload(transport: Transport, repository: string): Promise<"cancelled" | "left"> {
    const start: RegistryRequest = {
        method: "POST",
        path: uploadPath(transport.options.endpoint, repository),
        subject: "upload",
        access: "push",
        repository,
        reference: "of a trial",
        headers: { "content-length": "0" },
    };
    const response = await transport.send(start);
    const { origin, path } = readSession(transport, start, response);
    const session = { ...start, origin, path, headers: undefined };
    // 404: it is gone already, which is as well.
    await transport.send({ ...session, method: "DELETE", expected: [404, 405, 501] });
    const after = await transport.send({ ...session, method: "GET", expected: [400, 404, 405, 410] });
    return after.status < 300 && header(after.headers, "location") !== undefined ? "left" : "cancelled";
}
