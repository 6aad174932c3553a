import { parsePrivateEcrHost } from "../../aws-names";
import { isDigest, isTag } from "../../oci";
import { type AwsSource, openEcr } from "../credentials/aws";
import type { Transport } from "../http/transport";
import type { ManifestInfo } from "../manifests";
import { isListingCheaper, LISTING_COSTS } from "./cost";
import { type DigestListing, ToldTags } from "./digest-listing";

/** Tags in one request (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html). */
const BATCH = 100;

interface Described {
    readonly imageDetails?: readonly {
        readonly imageDigest?: string;
        readonly imageTags?: readonly string[];
        readonly imageManifestMediaType?: string;
    }[];
}

/**
 * ECR's `DescribeImages` for the tags that are wanted, a hundred at a time; of a private registry whose credentials come
 * from AWS. Not `BatchGetImage`: that is a pull, which moves the time that clean-up rules count from, and it sends whole
 * manifests. One tag that is not there, and the request tells nothing
 * (ImageNotFoundException): these hundred are asked for one by one. Any other refusal ends it at this registry, the right
 * to describe images being another one than that to pull them.
 */
export class EcrListing implements DigestListing {
    readonly #transport: Transport;
    readonly #source: AwsSource;
    #isRefused = false;

    constructor(transport: Transport, source: AwsSource) {
        this.#transport = transport;
        this.#source = source;
    }

    pays(tags: number): boolean {
        return !this.#isRefused && isListingCheaper(tags, Math.ceil(tags / BATCH), LISTING_COSTS.ecr);
    }

    async tell(repository: string, tags: ReadonlySet<string>): Promise<ReadonlyMap<string, ManifestInfo>> {
        const listed = new ToldTags(tags);
        const names = [...tags];
        for (let at = 0; at < names.length && !this.#isRefused; at += BATCH) {
            try {
                await this.#describe(repository, names.slice(at, at + BATCH), listed);
            } catch (error) {
                this.#isRefused = (error as { name?: unknown }).name !== "ImageNotFoundException";
            }
        }
        return listed.told;
    }

    async #describe(repository: string, tags: readonly string[], listed: ToldTags): Promise<void> {
        const { endpoint, environment, stats } = this.#transport.options;
        const { client, sdk } = await openEcr(this.#source, endpoint, environment);
        try {
            const Describe = sdk.DescribeImagesCommand as new (input: object) => unknown;
            const host = parsePrivateEcrHost(endpoint.host);
            const input = {
                repositoryName: repository,
                imageIds: tags.map((imageTag) => ({ imageTag })),
                ...(host === undefined ? {} : { registryId: host.account }),
            };
            stats.count("POST");
            const { imageDetails = [] } = (await client.send(new Describe(input))) as Described;
            for (const { imageDigest, imageTags = [], imageManifestMediaType: mediaType = "" } of imageDetails) {
                for (const tag of imageTags) {
                    if (isTag(tag) && isDigest(imageDigest)) {
                        listed.add(tag, { digest: imageDigest, mediaType, size: 0 });
                    }
                }
            }
        } finally {
            client.destroy?.();
        }
    }
}
