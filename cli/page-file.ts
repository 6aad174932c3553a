import { accessSync, constants, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { TransshipError } from "../core/errors";
import type { ShownDocument } from "../core/report";
import { UsageError } from "./exit-code";

/** Refuses a path that no page can be written to. */
export function checkPagePath(path: string): void {
    const folder = dirname(path);
    if (path === "") {
        throw new UsageError("--html names no file: write it behind, as in --html report.html.");
    }
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
        throw new UsageError(`--html ${path} is a folder: name the file, as in --html report.html.`);
    }
    try {
        accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (cause) {
        throw new UsageError(
            `--html ${path} cannot be written: ${folder} is no folder that this user may write to; create it first.`,
            { cause },
        );
    }
}

/**
 * Writes the page beside its place and moves it there, so that who reads it at that moment gets the old one or the new.
 *
 * @throws {TransshipError} `PAGE_UNWRITABLE`
 */
export function writePage(document: ShownDocument, path: string): void {
    // Loaded for who asks for a page alone.
    const { renderPage } = require("../core/report/html") as typeof import("../core/report/html");
    const there = statSync(path, { throwIfNoEntry: false });
    // What is no file (/dev/stdout, a pipe) is written to, never replaced; a link stays one.
    const place = there?.isFile() === true ? realpathSync(path) : path;
    const beside = there === undefined || there.isFile() ? `${place}.${process.pid}.tmp` : place;
    try {
        writeFileSync(beside, renderPage(document));
        if (beside !== place) {
            renameSync(beside, place);
        }
    } catch (cause) {
        if (beside !== place) {
            rmSync(beside, { force: true });
        }
        const { code = String(cause) } = cause as NodeJS.ErrnoException;
        throw new TransshipError("PAGE_UNWRITABLE", `the page ${path} could not be written (${code}).`, { cause });
    }
}
