import type { Descriptor, Manifest } from "../oci";
import { isForeignLayer } from "./foreign-layers";

/** Config and layers, each once. Non-distributable layers stay at the addresses that they name. */
export function blobsOf(content: Manifest): Descriptor[] {
    const blobs = new Map<string, Descriptor>();
    for (const blob of content.config === undefined ? content.layers : [content.config, ...content.layers]) {
        if (!isForeignLayer(blob)) {
            blobs.set(blob.digest, blob);
        }
    }
    return [...blobs.values()];
}
