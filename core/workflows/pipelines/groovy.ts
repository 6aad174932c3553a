/** A text as Groovy's single-quoted string: in it nothing is filled in, whatever stands there. */
export function groovyString(text: string): string {
    return `'${escaped(text).replaceAll("\n", "\\n").replaceAll("'", "\\'")}'`;
}

/** `name { … }`, with the lines within a step further in. */
export function groovyBlock(head: string, lines: readonly string[]): string[] {
    return [`${head} {`, ...lines.map((line) => (line === "" ? "" : `    ${line}`)), "}"];
}

/** A block, or nothing where nothing would be in it, which Jenkins refuses. */
export function filledBlock(head: string, lines: readonly string[]): string[] {
    return lines.length === 0 ? [] : groovyBlock(head, lines);
}

/** `NAME = 'value'`, for an environment. */
export function groovyAssignments(values: Readonly<Record<string, string>>): string[] {
    return Object.entries(values).map(([name, value]) => `${name} = ${groovyString(value)}`);
}

/**
 * The step that runs lines of POSIX shell. With an interpreter in its first line Jenkins does not trace it (`sh -xe`
 * would write every command into the log), and leaves its flags to it.
 */
export function shellStep(lines: readonly string[]): string[] {
    const [first = "", ...rest] = ["#!/bin/sh", ...lines].map((line) => escaped(line).replaceAll("'''", "\\'\\'\\'"));
    return [`sh '''${first}`, ...rest, "'''"];
}

/** Groovy reads `\u` escapes before anything else; a doubled backslash begins none. */
function escaped(text: string): string {
    return text.replaceAll("\\", "\\\\").replace(UNPRINTABLE, (character) =>
        character
            .split("")
            .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
            .join(""),
    );
}

/** All but a line feed that an editor does not show, or takes for a line's end, and halves of characters. */
const UNPRINTABLE = /[^\P{C}\n]|[\u2028\u2029\ufeff]/gu;
