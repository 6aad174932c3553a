import { expect, it } from "vitest";
import { describeWith } from "../support/require-program";
import { killRounds } from "./rounds";

describeWith(["docker-registry", "crane"], "a sync of a fleet that is killed", (programs) => {
    // The short form of `npm run test:kills`.
    it("leaves only tags that resolve wholly, and the next run finishes without sending again what had arrived", {
        timeout: 120_000,
    }, async () => {
        const lines: string[] = [];
        const report = await killRounds({
            dockerRegistry: programs["docker-registry"],
            crane: programs.crane,
            rounds: 5,
            seed: 4,
            images: 7,
            layerBytes: 2_000_000,
            bytesPerSecond: 20_000_000,
            onRound: (line) => lines.push(line),
        });
        expect(report.whileMoving, lines.join("\n")).toBeGreaterThanOrEqual(4);
        expect(report.arrived).toBeGreaterThan(0);
        expect(report.repeated).toEqual([]);
    });
});
