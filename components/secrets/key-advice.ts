import type { NamedValue } from "./named-values";

interface StoredKey {
    readonly name: RegExp;
    readonly advice: string;
}

/** Keys that a cloud gives away for the asking, to whoever proves to be the workflow. */
const STORED_KEYS: readonly StoredKey[] = [
    {
        name: /(?:^|_)(?:AWS|ECR)_.*(?:KEY|SECRET|TOKEN|PASSWORD)|AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)/,
        advice: 'is a key of AWS that somebody who gets it can use from anywhere, and an ECR password ends after 12 hours: GitHub\'s runs can assume a role by their identity instead; give { kind: "awsRole", roleArn }, and nothing is stored',
    },
    {
        name: /(?:^|_)(?:GCP|GOOGLE|GAR)_.*(?:KEY|CREDENTIALS|PASSWORD)/,
        advice: 'is a key of Google Cloud that somebody who gets it can use from anywhere: GitHub\'s runs can log in by their identity instead; give { kind: "gcpIdentity", provider, serviceAccount }, and nothing is stored',
    },
];

/** One line for each secret that need not be one. */
export function keyAdvice(values: readonly NamedValue[]): string[] {
    return values.flatMap(({ argument, isSecret, name }) => {
        const found = isSecret ? STORED_KEYS.find((key) => key.name.test(name)) : undefined;
        return found === undefined ? [] : [`${name} (${argument}) ${found.advice}.`];
    });
}
