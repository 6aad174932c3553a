import { quote } from "../oci";
import { ecrError } from "./error";
import { type PolicyDocument, type PolicyStatement, policyDocument } from "./policy-document";
import { allowStatements, checkList, type Principal, sortPrincipals } from "./principals";

/** Who may do what with a repository at ECR Public, beside its own account's. Everybody may pull: there is nothing to say. */
export interface PublicRepositoryPrincipals {
    /** Push (docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policy-examples.html). */
    readonly push?: readonly Principal[];
    /** Everything, deleting and this policy too. */
    readonly full?: readonly Principal[];
    /** Statements of your own, in IAM's words, after the others. */
    readonly statements?: readonly PolicyStatement[];
}

const ACTIONS = {
    push: [
        "ecr-public:BatchCheckLayerAvailability",
        "ecr-public:CompleteLayerUpload",
        "ecr-public:InitiateLayerUpload",
        "ecr-public:PutImage",
        "ecr-public:UploadLayerPart",
    ],
    full: ["ecr-public:*"],
} as const;
const RIGHTS = ["push", "full"] as const;

/**
 * The policy of a public repository. ECR Public is in the partition `aws` only.
 *
 * @param account the registry's, on whose behalf services act that name none
 * @throws EcrError for whom AWS would refuse, whoever would be everybody, and empty lists
 */
export function publicRepositoryPolicy(principals: PublicRepositoryPrincipals, account?: string): PolicyDocument {
    const what = "The policy of a public repository";
    const unknown = Object.keys(principals).find((key) => ![...RIGHTS, "statements"].includes(key));
    if (unknown !== undefined) {
        throw ecrError(`${what} has no right ${quote(unknown)}: one of ${RIGHTS.join(", ")}, statements.`);
    }
    const { statements } = principals;
    if (statements !== undefined) {
        checkList("statements", statements, "an object as IAM has it");
    }
    const made = RIGHTS.flatMap((right) => {
        const given = principals[right];
        const sid = right === "push" ? "Push" : "Full";
        return given === undefined
            ? []
            : allowStatements(sid, ACTIONS[right], sortPrincipals(right, given, "aws"), account);
    });
    return policyDocument(what, made, statements);
}
