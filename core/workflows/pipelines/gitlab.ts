import { gitlabMirror } from "./gitlab-mirror";
import { gitlabProof } from "./gitlab-proof";
import { gitlabPublish } from "./gitlab-publish";
import type { Pipeline, PipelineParameters } from "./parameters";

/** A `.gitlab-ci.yml`, or a file for one to include: it has jobs only, and no word about the project's others. */
export function gitlabPipeline(parameters: PipelineParameters): Pipeline {
    switch (parameters.kind) {
        case "publish":
            return gitlabPublish(parameters);
        case "mirror":
            return gitlabMirror(parameters);
        case "proof":
            return gitlabProof(parameters);
    }
}
