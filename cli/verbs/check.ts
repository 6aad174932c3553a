import { outcomeOf, renderPullStatus } from "../../core/report";
import { type CheckDocument, documentHead } from "../documents";
import { exitCodeOf } from "../exit-code";
import { addInspectionOptions, inspectCopies, inspectionWishes } from "../inspection";
import { printJudgement } from "../print-judgement";
import { addPurposeOption } from "../purpose";
import { addCatalogOptions, environmentPart, look, openSession } from "../session";
import { addShardOption } from "../shard";
import { addShowOptions, checkShowOptions, show } from "../show";
import { standingPart } from "../standing";
import type { Verb } from "../verb";

/** Asks every registry for every copy, one HEAD each, judges, and looks deeper where that is asked for. Never writes anything, neither here nor there. */
export const check: Verb = {
    configure(command) {
        addCatalogOptions(command);
        addPurposeOption(command);
        addShardOption(command);
        addInspectionOptions(command);
        addShowOptions(command);
    },

    async run({ output, signal }, images, options) {
        const started = performance.now();
        const wishes = inspectionWishes(options);
        checkShowOptions(options);
        const session = openSession(options, images, signal);
        try {
            const { judged: seen, selection } = await look(session, output);
            const { judged, findings } = await inspectCopies(session, seen, wishes, output);
            const exitCode = exitCodeOf(outcomeOf(judged, selection.failures, findings));
            const standing = standingPart(session, judged, selection, findings);
            const { pulls, requests } = standing;
            const document: CheckDocument = {
                ...documentHead("check", exitCode),
                ...environmentPart(session.catalog),
                ...standing,
            };
            const shown = show(document, options, output);
            const cost = { requests, milliseconds: performance.now() - started };
            printJudgement(judged, selection.failures, output, cost, [], findings);
            for (const status of pulls) {
                output.detail(renderPullStatus(status));
            }
            return shown;
        } finally {
            await session.registries.close();
        }
    },
};
