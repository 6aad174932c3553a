import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { graphFile, recordScenario, STACKS, scenarios } from "../../scripts/graphs/scenarios";

const ADVICE = "its resources changed: run `npm run graphs`, and read the difference before you commit it";

describe("The recorded resource graphs", () => {
    it("are those of the scenarios that there are", () => {
        const recorded = readdirSync(STACKS).filter((name) => existsSync(graphFile(name)));
        expect(recorded.sort(), "run `npm run graphs`").toEqual(scenarios());
    });

    for (const scenario of scenarios()) {
        it(`are what the program of stacks/${scenario} asks the engine for`, () => {
            const recorded = recordScenario(scenario);
            expect(readFileSync(graphFile(scenario), "utf8"), `stacks/${scenario}: ${ADVICE}`).toBe(recorded);
        });
    }
});
