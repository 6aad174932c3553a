import { catalogOptions } from "../parts";
import { accessTo } from "./access";
import { checkSchedule, commandLines, installLines, MINUTES, PROOF_FILES } from "./common";
import { writtenLogins } from "./docker-config";
import { groovyAssignments, shellStep } from "./groovy";
import { credentialsOf, MAKE_WORK, SCRIPT_HEAD, withCredentials } from "./jenkins-access";
import { renderJenkinsfile, stage, steps, timeLimit, whatToSet } from "./jenkins-job";
import type { Pipeline, ProofPipelineParameters } from "./parameters";
import { proofLines, proofValues } from "./proof-script";

/** Looks at every copy on a schedule, and keeps the document and the page. */
export function jenkinsProof(parameters: ProofPipelineParameters): Pipeline {
    const { registries, schedule } = parameters;
    checkSchedule(schedule);
    const access = accessTo(registries, []);
    const { about, ...set } = whatToSet(access);
    const look = [
        ...SCRIPT_HEAD,
        ...MAKE_WORK,
        ...writtenLogins(access),
        ...installLines(parameters, access),
        ...commandLines(parameters, access),
        ...proofLines(catalogOptions(parameters)),
    ];
    return {
        ...set,
        about: [
            "Proves on a schedule, by digest, that every copy of the catalogue's images is the same. The run fails on drift, and where something could not be asked.",
            "For a Pipeline job whose script comes from this repository. Its agent needs git and Node.js 20.19 or newer. Jenkins needs the plugins Pipeline, Git and Credentials Binding.",
            ...about,
        ],
        content: renderJenkinsfile(parameters, {
            options: [timeLimit(MINUTES.proof)],
            schedule,
            environment: groovyAssignments(proofValues(parameters)),
            stages: stage("Check", steps(withCredentials(credentialsOf(access), shellStep(look)))),
            always: [`archiveArtifacts artifacts: '${PROOF_FILES.join(", ")}', allowEmptyArchive: true`],
        }),
    };
}
