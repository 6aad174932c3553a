/** A value that GitHub puts in when the workflow runs. */
export function expression(text: string): string {
    return `\${{ ${text} }}`;
}
