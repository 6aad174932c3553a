/** Marks that turn the direction of what stands behind them. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** An element of texts and elements; a text can never become markup here. */
function make<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes: Readonly<Record<string, string>>,
    ...content: readonly (string | Node)[]
): HTMLElementTagNameMap[K] {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        element.setAttribute(name, value);
    }
    element.append(...content.map((part) => (typeof part === "string" ? part.replace(DIRECTIONS, "\ufffd") : part)));
    return element;
}

/** Says something to who cannot see it. */
function say(text: string): void {
    const element = document.getElementById("said");
    if (element !== null) {
        element.textContent = text;
    }
}

/** Opens or closes the whole digests of a row; they are made when they are first asked for. */
function toggle(row: PageRow, open = row.button?.getAttribute("aria-expanded") !== "true"): void {
    row.button?.setAttribute("aria-expanded", String(open));
    if (open && row.more === undefined) {
        row.more = make(
            "tr",
            { class: "more", id: `${row.element.id}~more` },
            make("td", { colspan: String(row.element.cells.length) }, ...row.copies.map(describe), past(row)),
        );
        row.element.after(row.more);
    }
    if (row.more !== undefined) {
        row.more.hidden = !open || row.element.hidden;
    }
}

function describe(copy: PageCopy): HTMLElement {
    const { place, digest, wanted, word, reason, waived } = copy;
    const pinned = digest === "" ? place : `${place}@${digest}`;
    const until = waived === "" ? "" : `, waived until ${waived}`;
    const lines = [
        make("p", {}, make("strong", {}, make("bdi", {}, place)), " ", copyButton(pinned)),
        make("p", {}, `${word}: `, make("bdi", {}, reason), until),
    ];
    const digests = [digest === "" ? "" : `has ${digest}`, digest === wanted || wanted === "" ? "" : `wants ${wanted}`];
    for (const line of digests.filter((text) => text !== "")) {
        const [what = "", value = ""] = line.split(" ");
        lines.push(make("p", {}, `${what} `, make("code", {}, value)));
    }
    return make("div", { class: "copy" }, ...lines);
}

function past({ locked, past, since }: PageRow): HTMLElement {
    if (locked === "") {
        return make("p", { class: "note" }, "The lock knows nothing of this tag's past.");
    }
    const moment = since === "" ? "not proven yet" : `since ${since.slice(0, 16).replace("T", " ")}`;
    const items = [
        make("li", {}, make("code", {}, locked), make("small", {}, moment)),
        ...past.map((digest) => make("li", {}, make("code", {}, digest), make("small", {}, "before"))),
    ];
    return make(
        "div",
        { class: "copy" },
        make("p", {}, make("strong", {}, "Digests over time")),
        make("ol", {}, ...items),
    );
}

function copyButton(text: string): HTMLButtonElement {
    const button = make("button", { type: "button", class: "small", "aria-label": `Copy ${text}` }, "Copy");
    button.addEventListener("click", () => {
        // Without a clipboard (a page of plain http) the text is selected, for the keyboard to copy.
        const write = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
        write.then(
            () => {
                button.textContent = "Copied";
                say("Copied");
                setTimeout(() => {
                    button.textContent = "Copy";
                }, 1500);
            },
            () => {
                const code = button.closest("div")?.querySelector("code") ?? button.previousElementSibling;
                if (code instanceof Node) {
                    getSelection()?.selectAllChildren(code);
                }
                say("Selected; copy it with the keyboard");
            },
        );
    });
    return button;
}

/** The name of each row becomes a button; the arrow keys go from one to the next that is shown. */
function makeButtons(rows: readonly PageRow[]): void {
    for (const row of rows) {
        const header = row.element.cells[0];
        const button = make("button", { type: "button", class: "open", "aria-expanded": "false" });
        button.append(...(header?.childNodes ?? []));
        header?.append(button);
        row.button = button;
        button.addEventListener("click", () => toggle(row));
        button.addEventListener("keydown", (event) => {
            const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" } as const;
            const way = Object.hasOwn(step, event.key) ? step[event.key as keyof typeof step] : undefined;
            if (way === undefined) {
                return;
            }
            event.preventDefault();
            let next = row.element[way];
            while (next !== null && ((next as HTMLElement).hidden || next.classList.contains("more"))) {
                next = next[way];
            }
            next?.querySelector("button")?.focus();
        });
    }
}
