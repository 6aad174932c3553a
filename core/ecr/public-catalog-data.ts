import { quote } from "../oci";
import { ecrError } from "./error";

/** What the Amazon ECR Public Gallery shows of a repository, to everybody. */
export interface PublicCatalogData {
    /** One line or two, in searches too: at most 1,024 characters. */
    readonly description?: string;
    /** What is in it, in Markdown: at most 25,600 characters. */
    readonly aboutText?: string;
    /** How to use it, in Markdown: at most 25,600 characters. */
    readonly usageText?: string;
    /** Badges and filters of the gallery. */
    readonly architectures?: readonly PublicArchitecture[];
    readonly operatingSystems?: readonly PublicOperatingSystem[];
    /** A PNG in base64, at most 500 KB; shown of verified accounts only, and never read back. */
    readonly logoImageBlob?: string;
}

export type PublicArchitecture = "ARM" | "ARM 64" | "x86" | "x86-64";
export type PublicOperatingSystem = "Linux" | "Windows";

/** docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_RepositoryCatalogDataInput.html */
const CHARACTERS = { description: 1_024, aboutText: 25_600, usageText: 25_600 } as const;
const BADGES = {
    architectures: ["ARM", "ARM 64", "x86", "x86-64"],
    operatingSystems: ["Linux", "Windows"],
} as const;
const LOGO_BYTES = 512_000;

/** @throws EcrError for what ECR Public would refuse, or take and never show */
export function checkPublicCatalogData(data: PublicCatalogData): void {
    const known = [...Object.keys(CHARACTERS), ...Object.keys(BADGES), "logoImageBlob"];
    const unknown = Object.keys(data).find((key) => !known.includes(key));
    if (unknown !== undefined) {
        throw ecrError(`The gallery shows no ${quote(unknown)} of a repository: it has ${known.join(", ")}.`);
    }
    for (const [key, most] of Object.entries(CHARACTERS)) {
        const text = data[key as keyof typeof CHARACTERS];
        if (text !== undefined && text.length > most) {
            throw ecrError(`"${key}" has ${text.length} characters, but ECR Public takes ${most}.`);
        }
    }
    for (const [key, words] of Object.entries(BADGES)) {
        const stranger = (data[key as keyof typeof BADGES] ?? []).find(
            (word) => !(words as readonly string[]).includes(word),
        );
        if (stranger !== undefined) {
            throw ecrError(
                `"${key}" has ${quote(stranger)}, which the gallery never shows: it knows ${words.map(quote).join(", ")}.`,
            );
        }
    }
    checkLogo(data.logoImageBlob);
}

function checkLogo(logo: string | undefined): void {
    if (logo === undefined) {
        return;
    }
    const bytes = Buffer.from(logo, "base64");
    if (bytes.toString("base64") !== logo.replace(/\s/g, "")) {
        throw ecrError(`"logoImageBlob" is no base64: readFileSync("logo.png").toString("base64") makes it.`);
    }
    if (bytes.length > LOGO_BYTES) {
        throw ecrError(`"logoImageBlob" has ${bytes.length} bytes, but ECR Public takes ${LOGO_BYTES}.`);
    }
}
