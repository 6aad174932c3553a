const THEME = "transship-theme";

/** A page of a file may have no storage. */
function storedTheme(): string | null {
    try {
        return localStorage.getItem(THEME);
    } catch {
        return null;
    }
}

/** The button between light and dark; until it is pressed the page is as the system is. */
function startTheme(): void {
    const button = document.getElementById("theme");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const root = document.documentElement;
    const show = (): void => {
        const isDark = root.dataset.theme === undefined ? system.matches : root.dataset.theme === "dark";
        button?.setAttribute("aria-pressed", String(isDark));
    };
    const stored = storedTheme();
    if (stored === "dark" || stored === "light") {
        root.dataset.theme = stored;
    }
    button?.addEventListener("click", () => {
        root.dataset.theme = button.getAttribute("aria-pressed") === "true" ? "light" : "dark";
        try {
            localStorage.setItem(THEME, root.dataset.theme);
        } catch {
            // Then it is forgotten with the page.
        }
        show();
    });
    system.addEventListener("change", show);
    button?.removeAttribute("hidden");
    show();
}
