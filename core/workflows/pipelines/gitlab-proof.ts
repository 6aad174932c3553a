import { catalogOptions } from "../parts";
import { accessTo } from "./access";
import { checkSchedule, commandLines, groupName, installLines, MINUTES, PROOF_DAYS, PROOF_FILES } from "./common";
import { writtenLogins } from "./docker-config";
import { idTokensOf, prepareLines } from "./gitlab-access";
import { jobHead, renderJobs, scheduledRule, scheduleSentence, script, whatToSet } from "./gitlab-job";
import type { Pipeline, ProofPipelineParameters } from "./parameters";
import { proofLines, proofValues } from "./proof-script";
import { assignments } from "./shell-text";

const KIND = "proof";

/** Looks at every copy on a schedule, and keeps the document and the page. */
export function gitlabProof(parameters: ProofPipelineParameters): Pipeline {
    const { environment, registries, schedule } = parameters;
    checkSchedule(schedule);
    const access = accessTo(registries, []);
    const set = whatToSet(access);
    const tokens = idTokensOf(access);
    const job = {
        ...jobHead(parameters, "test", MINUTES.proof),
        resource_group: groupName(KIND, environment),
        rules: [scheduledRule(KIND)],
        ...(Object.keys(tokens).length > 0 && { id_tokens: tokens }),
        before_script: script(prepareLines(access, writtenLogins(access))),
        script: script([
            ...assignments(proofValues(parameters)),
            ...installLines(parameters, access),
            ...commandLines(parameters, access),
            ...proofLines(catalogOptions(parameters)),
        ]),
        artifacts: { when: "always", paths: PROOF_FILES, expire_in: `${PROOF_DAYS} days` },
    };
    return {
        ...set,
        about: [
            "Proves on a schedule, by digest, that every copy of the catalogue's images is the same. The job fails on drift, and where something could not be asked; GitLab tells whoever owns the schedule.",
            "Take it as .gitlab-ci.yml, or include it there (include: local), where the stage test has to be one. Its machine needs git and Node.js 20.19 or newer.",
            scheduleSentence(KIND, schedule),
            ...set.about,
        ],
        content: renderJobs({ [KIND]: job }),
    };
}
