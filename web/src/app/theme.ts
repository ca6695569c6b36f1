/** How light or dark the console is; `system` follows the machine. */
export type Theme = "system" | "light" | "dark";

const KEY = "shepherd.theme";
const DARK = "pf-v6-theme-dark";
const machine = window.matchMedia("(prefers-color-scheme: dark)");

/** The theme that was chosen in this browser. */
export function storedTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Shows the chosen theme, and follows the machine from now on where that was chosen. */
export function applyStoredTheme(): void {
  const show = () => {
    const theme = storedTheme();
    document.documentElement.classList.toggle(DARK, theme === "dark" || (theme === "system" && machine.matches));
  };
  machine.addEventListener("change", show);
  show();
}

/** Chooses a theme for this browser. */
export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  document.documentElement.classList.toggle(DARK, theme === "dark" || (theme === "system" && machine.matches));
}
