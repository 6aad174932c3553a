#!/usr/bin/env node
import "./quicken-start";
import { EXIT } from "./exit-code";
import { ownVersion } from "./own-version";
import { runCommandLine } from "./program";
import { sentences } from "./sentences";
import { VERBS } from "./verbs";

// `transship check | head`: the reader has seen enough. The work goes on, so that the exit code stays true.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
        throw error;
    }
});

// The exit code is set, not forced: what was written to a pipe would be lost.
runCommandLine(process.argv.slice(2), VERBS, ownVersion()).then(
    (exitCode) => {
        process.exitCode = exitCode;
    },
    (error: unknown) => {
        process.stderr.write(`${sentences(error).join("\n")}\n`);
        process.exitCode = EXIT.unknown;
    },
);
