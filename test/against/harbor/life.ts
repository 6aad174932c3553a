import { afterAll, expect, it } from "vitest";
import type { Engine } from "../../../scripts/engine";
import { type EngineRun, TestStack } from "../../support/engine-stack";
import { describeWithEngine } from "../../support/require-program";
import { SKIP_MARK } from "../../support/skip-mark";
import { clean, leftovers, type Place, placeOfUser } from "./place";

/** What the program asks for at the moment. */
export interface Wish {
    /** Whether every argument that can change has its second value. */
    changed: boolean;
    adopt: boolean;
}

/** Something that somebody does at Harbor past the program. */
export interface OutsideChange {
    readonly title: string;
    readonly does: () => Promise<unknown>;
    /** What the preview prints. */
    readonly told: RegExp;
    /** @throws where Harbor is not as the program says */
    readonly isMended: () => Promise<unknown>;
}

/** Resources through all that can happen to them. */
export interface Life {
    readonly program: (wish: Wish) => Record<string, unknown>;
    /** How many resources it has. */
    readonly count: number;
    /** How many of them a change touches. */
    readonly changes: number;
    /** Before the first deploy: what is there and is not the program's. */
    readonly before?: () => Promise<unknown>;
    /** @throws where Harbor does not have what was asked for */
    readonly isThere: (wish: Wish) => Promise<unknown>;
    /** What they are for. @throws where they do not do it */
    readonly works?: { readonly title: string; readonly does: () => Promise<unknown> };
    readonly outside: readonly OutsideChange[];
    readonly deleted: readonly OutsideChange[];
    /** What Harbor's own refusals ask for before destroy. */
    readonly empty?: () => Promise<unknown>;
    /** What `before` made, which is left by destroy. */
    readonly kept?: readonly string[];
    /** The same objects, made by somebody else, with other values. */
    readonly others: () => Promise<unknown>;
    /** After destroy: what was taken over is there still. @throws where it is not */
    readonly isLeft: () => Promise<unknown>;
    /** Secrets that nothing may print or keep, beside the administrator's. */
    readonly secrets?: () => readonly string[];
    /** Logins of the stack's configuration, beside the administrator's. */
    readonly logins?: Readonly<Record<string, { readonly username: string; readonly password: string }>>;
}

const place = placeOfUser();

/** A group of tests against a Harbor of the user's own; without one it is skipped, and says so. */
export function describeAgainst(title: string, tests: (place: Place, engine: Engine) => void): void {
    const absent = `${SKIP_MARK}say which Harbor: TRANSSHIP_HARBOR_URL, TRANSSHIP_HARBOR_USERNAME, TRANSSHIP_HARBOR_PASSWORD]`;
    describeWithEngine(place === undefined ? `${title}${absent}` : title, (engine) => {
        if (place === undefined) {
            it.skip("needs a Harbor", () => {});
            return;
        }
        afterAll(() => clean(place));
        tests(place, engine);
    });
}

/** Create, no change, refresh, change, changes from outside, adopt, destroy: each a test, on the real engine. */
export function describeLife(title: string, begin: (place: Place) => Life): void {
    describeAgainst(title, (at, engine) => {
        const life = begin(at);
        const wish: Wish = { changed: false, adopt: false };
        const all = life.count + 1;
        const texts: string[] = [];
        let stack: TestStack;

        const run = async (call: Promise<EngineRun>): Promise<EngineRun> => {
            const done = await call;
            texts.push(done.text);
            return done;
        };
        const up = async (): Promise<EngineRun> => {
            const done = await run(stack.up());
            expect(done.ok, done.text).toBe(true);
            return done;
        };
        const isQuiet = async (): Promise<void> => {
            const previewed = await run(stack.preview({ diff: true }));
            expect(previewed.changes, previewed.text).toEqual({ same: all });
        };

        it("are made, and the next preview, up and refresh have nothing to do", async () => {
            await life.before?.();
            const logins = { harbor: { username: at.username, password: at.password }, ...life.logins };
            stack = await TestStack.open(engine, async () => life.program(wish), {
                config: { "transship:credentials": { value: JSON.stringify(logins), secret: true } },
            });
            expect((await up()).changes).toEqual({ create: all });
            await life.isThere(wish);
            await isQuiet();
            expect((await up()).changes).toEqual({ same: all });
            const refreshed = await run(stack.refresh());
            expect(refreshed.changes, refreshed.text).toEqual({ same: all });
            await isQuiet();
        });

        if (life.works !== undefined) {
            it(life.works.title, life.works.does);
        }

        it("are changed in place", async () => {
            wish.changed = true;
            const done = await up();
            expect(done.changes, done.text).toEqual({ same: all - life.changes, update: life.changes });
            await life.isThere(wish);
            await isQuiet();
        });

        const tellsAndMends = async (all: readonly OutsideChange[]): Promise<void> => {
            for (const { does } of all) {
                await does();
            }
            const previewed = await run(stack.preview({ diff: true }));
            expect(previewed.ok, previewed.text).toBe(true);
            for (const { told } of all) {
                expect(told.test(previewed.text), `${told}: ${previewed.text}`).toBe(true);
            }
            await run(stack.refresh());
            await up();
            for (const { isMended } of all) {
                await isMended();
            }
            await isQuiet();
        };

        it(`show at the preview and at a refresh, and put right: ${titles(life.outside)}`, () =>
            tellsAndMends(life.outside));

        it(`are made again: ${titles(life.deleted)}`, () => tellsAndMends(life.deleted));

        it("are deleted by destroy, and nothing is left", async () => {
            await life.empty?.();
            const destroyed = await run(stack.destroy());
            expect(destroyed.ok, destroyed.text).toBe(true);
            expect(await leftovers(at)).toEqual(life.kept ?? []);
        });

        it("that are there already are refused, then taken over with adopt, brought to what is wanted, and left", async () => {
            await life.others();
            const refused = await run(stack.preview());
            expect(refused.ok).toBe(false);
            expect(refused.text).toMatch(/already, .*set adopt: true/);
            expect(refused.text).not.toMatch(/\n\s+at .*\.js:\d+/);
            wish.adopt = true;
            await up();
            await life.isThere(wish);
            await isQuiet();
            const destroyed = await run(stack.destroy());
            expect(destroyed.ok, destroyed.text).toBe(true);
            await life.isLeft();
        });

        it("and no secret is in what was printed or kept", async () => {
            const kept = [...texts, await stack.backendText()].join("\n");
            expect(kept.length).toBeGreaterThan(1000);
            const logins = Object.values(life.logins ?? {}).map(({ password }) => password);
            for (const secret of [at.password, ...logins, ...(life.secrets?.() ?? [])]) {
                expect(kept).not.toContain(secret);
            }
        });
    });
}

function titles(changes: readonly OutsideChange[]): string {
    return changes.map(({ title }) => title).join(", ");
}
