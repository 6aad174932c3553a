import type { RegistryClient } from "../registry";
import { faultOf } from "./fault";
import type { Check } from "./types";

/** Whether we may push, without pushing: an upload is opened in a repository that is there, and cancelled. */
export async function checkPush(client: RegistryClient, host: string, repository: string): Promise<Check> {
    const name = `${host}/${repository}`;
    if (client.quirks.cancelsUploads !== true) {
        const message = `not tried: nobody documents that an upload can be cancelled at a registry of kind ${client.settings.kind}, and nothing is left behind`;
        return { check: "push", status: "skipped", message };
    }
    try {
        const result = await client.tryUpload(repository);
        return result === "cancelled"
            ? { check: "push", status: "ok", message: `may push to ${name}: an upload was opened and cancelled` }
            : {
                  check: "push",
                  status: "warning",
                  message: `may push to ${name}, but the upload that was opened could not be cancelled`,
                  remedy: "nothing has to be done: it is empty, and the registry drops it after a while",
              };
    } catch (error) {
        return faultOf("push", error);
    }
}
