import { jenkinsMirror } from "./jenkins-mirror";
import { jenkinsProof } from "./jenkins-proof";
import { jenkinsPublish } from "./jenkins-publish";
import type { Pipeline, PipelineParameters } from "./parameters";

/** A declarative Jenkinsfile. */
export function jenkinsPipeline(parameters: PipelineParameters): Pipeline {
    switch (parameters.kind) {
        case "publish":
            return jenkinsPublish(parameters);
        case "mirror":
            return jenkinsMirror(parameters);
        case "proof":
            return jenkinsProof(parameters);
    }
}
