import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Engine tests spend seconds in several processes of their own; two of them at a time on two cores time each other out. */
const ENGINE_TESTS = "test/engine/**/*.test.ts";

const shared = {
    pool: "forks" as const,
    environment: "node",
    // Thousands of tests with clocks and real servers: one that a slow moment fails is repeated once, and told.
    retry: process.env.CI === "true" ? 1 : 0,
    // Pulumi serialises the closures of dynamic providers, so the built package must reach Node as it was built.
    server: { deps: { external: [/\/dist\//] } },
};

export default defineConfig({
    // Vite does not resolve a package's own name; the built files are what users load.
    resolve: {
        alias: [
            { find: /^transship$/, replacement: join(import.meta.dirname, "dist/lazy.js") },
            {
                find: /^transship\/workflows$/,
                replacement: join(import.meta.dirname, "dist/core/workflows/pipelines/index.js"),
            },
            { find: /^transship\/lifecycle$/, replacement: join(import.meta.dirname, "dist/core/lifecycle/index.js") },
        ],
    },
    test: {
        reporters: [
            "default",
            "./test/support/skipped-reporter.mts",
            ["./test/support/flaky-reporter.mts", process.env.CI ? { outputFile: ".ci/out/flaky.txt" } : {}] as [
                string,
                Record<string, unknown>,
            ],
            ...(process.env.CI ? [["json", { outputFile: ".ci/out/vitest.json" }] as ["json", object]] : []),
        ],
        projects: [
            {
                extends: true,
                test: {
                    ...shared,
                    name: "rooms",
                    include: ["test/**/*.test.ts"],
                    exclude: [ENGINE_TESTS, "test/against/**"],
                    testTimeout: 20_000,
                    hookTimeout: 60_000,
                    sequence: { groupOrder: 0 },
                },
            },
            {
                extends: true,
                test: {
                    ...shared,
                    name: "engine",
                    include: [ENGINE_TESTS],
                    testTimeout: 180_000,
                    hookTimeout: 180_000,
                    fileParallelism: false,
                    sequence: { groupOrder: 1 },
                },
            },
        ],
    },
});
