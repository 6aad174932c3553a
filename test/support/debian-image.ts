import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Family, type ImageTree, imageOf, indexOf } from "./images";
import { tarOf } from "./tar";

const run = promisify(execFile);

/** Packages are kept here; a fresh checkout fetches them once, about 15 MB of lists and 2 MB of packages. */
const CACHE = join(__dirname, "..", "..", "node_modules", ".cache", "transship-debian");
const PACKAGE = "busybox-static";
const ARCHITECTURES = { "linux/amd64": "amd64", "linux/arm64": "arm64" } as const;

/**
 * A real image: Debian's busybox for two platforms, as an OCI index or as Docker's list. Its first layer is the file
 * tree of the package, its second makes `/bin/sh`. Needs `apt-get` and `dpkg-deb`; installs nothing and needs no root.
 */
export async function debianImage(family: Family = "oci"): Promise<ImageTree> {
    const images: [string, ImageTree][] = [];
    for (const [platform, architecture] of Object.entries(ARCHITECTURES)) {
        const layers = [await fileTree(await debianPackage(architecture)), shell()];
        images.push([platform, imageOf(layers, { family, platform })]);
    }
    return indexOf(images, { family });
}

function shell(): Buffer {
    const passwd = Buffer.from("root:x:0:0:root:/root:/bin/sh\n");
    return tarOf([
        { path: "bin/sh", link: "busybox" },
        { path: "etc/passwd", bytes: passwd },
    ]);
}

/** The package's files as the tar that is inside it. */
async function fileTree(file: string): Promise<Buffer> {
    const options = { encoding: "buffer" as const, maxBuffer: 256 * 1024 * 1024 };
    return (await run("dpkg-deb", ["--fsys-tarfile", file], options)).stdout;
}

/** Path of the package for an architecture, also one that this machine does not have. */
async function debianPackage(architecture: string): Promise<string> {
    const target = join(CACHE, `${PACKAGE}_${architecture}.deb`);
    try {
        await readFile(target);
        return target;
    } catch {
        await mkdir(CACHE, { recursive: true });
    }
    const work = await mkdtemp(join(CACHE, "work-"));
    try {
        await download(work, architecture);
        const file = (await readdir(work)).find((name) => name.endsWith(".deb"));
        if (file === undefined) {
            throw new Error(`apt-get downloaded no ${PACKAGE} for ${architecture}`);
        }
        // Another test may have been faster: the rename makes one of two equal files stay.
        await rename(join(work, file), target);
        return target;
    } finally {
        await rm(work, { recursive: true, force: true });
    }
}

/** With lists of its own, so that the machine's need neither the architecture nor a change. */
async function download(work: string, architecture: string): Promise<void> {
    await mkdir(join(work, "lists", "partial"), { recursive: true });
    await mkdir(join(work, "cache", "archives", "partial"), { recursive: true });
    const settings = [
        `APT::Architecture=${architecture}`,
        `APT::Architectures::=${architecture}`,
        `Dir::State::lists=${join(work, "lists")}`,
        `Dir::Cache=${join(work, "cache")}`,
        "Dir::State::status=/dev/null",
        "APT::Sandbox::User=root",
        "Acquire::Languages=none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
    ].flatMap((setting) => ["-o", setting]);
    try {
        await run("apt-get", [...settings, "update"], { cwd: work });
    } catch {
        // A source without this architecture fails the update, and need not have the package.
    }
    await run("apt-get", [...settings, "download", PACKAGE], { cwd: work });
}
