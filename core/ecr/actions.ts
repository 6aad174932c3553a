/*
 * What pulling and pushing are to IAM, for policies of roles and of repositories alike. GetAuthorizationToken is in none of
 * them: it is no right at a repository.
 */

/**
 * A mount of a layer takes GetDownloadUrlForLayer on the repository that has it.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html, …/blob-mounting.html)
 */
export const PULL_ACTIONS = [
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchCheckLayerAvailability",
] as const;

/** docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
export const PUSH_ACTIONS = [
    "ecr:BatchGetImage",
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
] as const;
