/** Milliseconds that the targets of one image wait for one of them that does not answer. */
export const DEFAULT_PATIENCE_MS = 5_000;

/** Bytes of blobs that a run holds at most while targets take them at different speeds. */
export const DEFAULT_BUFFERED_BYTES = 64 * 1024 * 1024;
