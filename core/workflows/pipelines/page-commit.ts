import { COMMAND } from "./common";

/**
 * Carries, looks at what is where, and writes the page, also where an image could not be carried: what is wrong stands
 * on it. What the carrying ended with is `status`; only a catalogue that cannot be read (2) ends all at once.
 */
export function mirrorLines(options: string, selection: string): string[] {
    return [
        "status=0",
        `${COMMAND} sync${selection} ${options} || status=$?`,
        '[ "$status" -ne 2 ] || exit 2',
        `${COMMAND} check${selection} ${options} --json > "$work/check.json" || [ "$?" -ne 2 ]`,
        `${COMMAND} sources ${options} --from "$work/check.json" --output "$PAGE" || [ "$?" -ne 2 ]`,
    ];
}

/** Lines that commit the page and the lock file where they changed, and run `push` then. */
export function commitLines(email: string, push: readonly string[]): string[] {
    return [
        'git add -- "$PAGE"',
        '[ ! -e "$LOCK" ] || git add -- "$LOCK"',
        "if git diff --cached --quiet; then",
        '    echo "$PAGE is as it was."',
        "else",
        `    git -c user.name=transship -c user.email="${email}" commit --quiet --message "$PAGE: carried and proven"`,
        ...push.map((line) => `    ${line}`),
        "fi",
    ];
}
