import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import {
    type EmbeddedRegistry,
    type EmbeddedRegistryOptions,
    startEmbeddedRegistry,
} from "../../core/registry/embedded";

const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
    for (const task of undo.splice(0).reverse()) {
        await task();
    }
});

/** A folder that is deleted after the test. */
export async function temporaryFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "transship-test-"));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
}

/** An embedded registry on a free port, with a store of its own unless `root` is given; closed after the test. */
export async function embedded(options: Partial<EmbeddedRegistryOptions> = {}): Promise<EmbeddedRegistry> {
    const registry = await startEmbeddedRegistry({ root: options.root ?? (await temporaryFolder()), ...options });
    undo.push(() => registry.close());
    return registry;
}

const kept: (() => Promise<unknown>)[] = [];

afterAll(async () => {
    for (const task of kept.splice(0).reverse()) {
        await task();
    }
});

/** A folder that is deleted after the file's last test. */
export async function temporaryFolderForFile(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "transship-test-"));
    kept.push(() => rm(folder, { recursive: true, force: true }));
    return folder;
}

/** The same, closed after the file's last test: for stories that several tests tell together. */
export async function embeddedForFile(options: Partial<EmbeddedRegistryOptions> = {}): Promise<EmbeddedRegistry> {
    const root = options.root ?? (await temporaryFolderForFile());
    const registry = await startEmbeddedRegistry({ root, ...options });
    kept.push(() => registry.close());
    return registry;
}
