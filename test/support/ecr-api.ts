/** One request for images, as ECR gets it. */
export interface EcrRequest {
    readonly operation: string;
    readonly input: {
        readonly repositoryName?: string;
        readonly imageIds?: readonly { imageTag?: string }[];
        readonly imageId?: { readonly imageDigest?: string };
        readonly registryId?: string;
    };
}

/** An error of ECR's, as the SDK throws it. */
export class EcrError extends Error {
    constructor(override readonly name: string) {
        super(`${name}: no`);
    }
}

/**
 * As much of ECR's API as is used, in the shape in which the SDK gives it: one tag that is not there, and the request is
 * refused.
 */
export class EcrApi {
    readonly asked: EcrRequest[] = [];
    /** Repository -> tag -> digest. */
    readonly tags = new Map<string, Map<string, string>>();
    /** What ECR says of the replication of an image, each time that it is asked. @default nothing */
    replication: (repository: string, digest: string) => readonly object[] | Promise<readonly object[]> = () => [];
    /** Throws instead of an answer. */
    fault: ((request: EcrRequest) => void) | undefined;

    /** What takes the place of `@aws-sdk/client-ecr`. @param password of the user AWS */
    readonly module = (password: string): Record<string, unknown> => {
        const send = this.send.bind(this, password);
        const command = (operation: string) =>
            class {
                readonly operation = operation;
                constructor(readonly input: EcrRequest["input"]) {}
            };
        return {
            GetAuthorizationTokenCommand: command("GetAuthorizationToken"),
            DescribeImagesCommand: command("DescribeImages"),
            DescribeImageReplicationStatusCommand: command("DescribeImageReplicationStatus"),
            ECRClient: class {
                send(request: EcrRequest): Promise<unknown> {
                    return send(request);
                }
            },
        };
    };

    private async send(password: string, request: EcrRequest): Promise<unknown> {
        this.asked.push(request);
        if (request.operation === "GetAuthorizationToken") {
            const authorizationToken = Buffer.from(`AWS:${password}`).toString("base64");
            return { authorizationData: [{ authorizationToken }] };
        }
        this.fault?.(request);
        const { repositoryName = "", imageIds = [], imageId } = request.input;
        if (request.operation === "DescribeImageReplicationStatus") {
            return { replicationStatuses: await this.replication(repositoryName, imageId?.imageDigest ?? "") };
        }
        const tags = this.tags.get(repositoryName);
        if (tags === undefined) {
            throw new EcrError("RepositoryNotFoundException");
        }
        const details = imageIds.map(({ imageTag = "" }) => {
            const imageDigest = tags.get(imageTag);
            if (imageDigest === undefined) {
                throw new EcrError("ImageNotFoundException");
            }
            // An image tells all its tags, also those that nobody asked for.
            const imageTags = [...tags].filter(([, digest]) => digest === imageDigest).map(([tag]) => tag);
            const imageManifestMediaType = "application/vnd.oci.image.manifest.v1+json";
            return { imageDigest, imageTags, imageManifestMediaType, imageSizeInBytes: 123_456 };
        });
        return { imageDetails: details };
    }
}
