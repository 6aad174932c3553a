import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `npm run test:against`: against a registry, or a Harbor, of the user's own, which no test of ours may need. */
export default defineConfig({
    // As in vitest.config.mts: programs load the package as users do.
    resolve: { alias: [{ find: /^transship$/, replacement: join(import.meta.dirname, "dist/lazy.js") }] },
    test: {
        pool: "forks",
        environment: "node",
        include: ["test/against/**/*.test.ts"],
        reporters: ["verbose", "./test/support/skipped-reporter.mts"],
        server: { deps: { external: [/\/dist\//] } },
        testTimeout: 300_000,
        hookTimeout: 300_000,
        // One Harbor, one story at a time.
        fileParallelism: false,
    },
});
