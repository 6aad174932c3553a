import { quote } from "../oci";

const PREFIX = /^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*\/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$/;

/**
 * Why no repository's name begins so, as a clause that quotes it; undefined where ECR takes it. Of the whole name's
 * characters it is a plain begin: `prod` fits `production/app` too, `prod/` does not.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryFilter.html)
 */
export function repositoryPrefixProblem(prefix: string): string | undefined {
    if (typeof prefix !== "string" || prefix.length < 2 || prefix.length > 256) {
        return `${quote(String(prefix))}, and ECR takes 2 to 256 characters of a name: leave the prefixes out for all repositories`;
    }
    return PREFIX.test(prefix)
        ? undefined
        : `${quote(prefix)}, which begins no repository's name at ECR (lower case letters and digits, with . _ - or / after one; no "*", which every prefix has by itself)`;
}
