import Ajv from "ajv";

/**
 * What ECR takes of the settings that no emulator has, by AWS's pages as of November 2026: names and values in the text of
 * docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html, and the pattern of
 * …/API_RegisterPullTimeUpdateExclusion.html.
 */
const PUT_ACCOUNT_SETTING = {
    type: "object",
    required: ["name", "value"],
    additionalProperties: false,
    properties: { name: { type: "string" }, value: { type: "string" } },
    oneOf: [
        { properties: { name: { const: "BASIC_SCAN_TYPE_VERSION" }, value: { const: "AWS_NATIVE" } } },
        { properties: { name: { const: "BLOB_MOUNTING" }, value: { enum: ["ENABLED", "DISABLED"] } } },
        { properties: { name: { const: "REGISTRY_POLICY_SCOPE" }, value: { const: "V2" } } },
    ],
};

const REGISTER_PULL_TIME_UPDATE_EXCLUSION = {
    type: "object",
    required: ["principalArn"],
    additionalProperties: false,
    properties: {
        principalArn: {
            type: "string",
            maxLength: 200,
            pattern: "^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\\w+=,.@-]+(/[\\w+=,.@-]+)*$",
        },
    },
};

/**
 * …/API_PutRegistryScanningConfiguration.html, …/API_RegistryScanningRule.html, …/API_ScanningRepositoryFilter.html: moto
 * takes any type and frequency. That a frequency has one rule is what the two of them at most come to.
 */
const PUT_REGISTRY_SCANNING_CONFIGURATION = {
    type: "object",
    required: ["scanType", "rules"],
    additionalProperties: false,
    properties: {
        scanType: { enum: ["BASIC", "ENHANCED"] },
        rules: {
            type: "array",
            maxItems: 2,
            items: {
                type: "object",
                required: ["scanFrequency", "repositoryFilters"],
                additionalProperties: false,
                properties: {
                    scanFrequency: { enum: ["SCAN_ON_PUSH", "CONTINUOUS_SCAN", "MANUAL"] },
                    repositoryFilters: {
                        type: "array",
                        maxItems: 100,
                        items: {
                            type: "object",
                            required: ["filter", "filterType"],
                            additionalProperties: false,
                            properties: {
                                filter: {
                                    type: "string",
                                    minLength: 1,
                                    maxLength: 255,
                                    pattern: "^[a-z0-9*](?:[._\\-/a-z0-9*]?[a-z0-9*]+)*$",
                                },
                                filterType: { const: "WILDCARD" },
                            },
                        },
                    },
                },
            },
        },
    },
    if: { properties: { scanType: { const: "BASIC" } } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    then: { properties: { rules: { items: { properties: { scanFrequency: { const: "SCAN_ON_PUSH" } } } } } },
};

const ajv = new Ajv({ allErrors: true, strict: false });
export const takesAccountSetting = ajv.compile(PUT_ACCOUNT_SETTING);
export const takesPullTimeExclusion = ajv.compile(REGISTER_PULL_TIME_UPDATE_EXCLUSION);
export const takesScanning = ajv.compile(PUT_REGISTRY_SCANNING_CONFIGURATION);
