import { COMMAND } from "./common";

/** Lines that commit the page `$PAGE` where it changed, and run `push` then. */
export function commitLines(email: string, push: readonly string[]): string[] {
    return [
        'git add -- "$PAGE"',
        "if git diff --cached --quiet; then",
        '    echo "$PAGE is as it was."',
        "else",
        `    git -c user.name=transship -c user.email="${email}" commit --quiet --message "$PAGE: carried and proven again"`,
        ...push.map((line) => `    ${line}`),
        "fi",
    ];
}

/** Carries, and writes the page also where an image could not be carried: what is wrong stands on it. */
export function mirrorLines(options: string, selection: string): string[] {
    return [
        "status=0",
        `${COMMAND} sync${selection} ${options} || status=$?`,
        '[ "$status" -ne 2 ] || exit 2',
        "page=0",
        `${COMMAND} sources${selection} ${options} --output "$PAGE" || page=$?`,
        '[ "$page" -ne 2 ] || exit 2',
    ];
}
