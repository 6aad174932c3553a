import { defineConfig } from "vitest/config";

/** `npm run test:against`: the main job against a registry of the user's own, which no test of ours may need. */
export default defineConfig({
    test: { pool: "forks", environment: "node", include: ["test/against/**/*.test.ts"] },
});
