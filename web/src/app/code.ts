/** Code that is loaded when it is asked for did not come: it is of a release that is gone, or the server is away. */
export class CodeMissing extends Error {
  override readonly name = "CodeMissing";
}

/** Loads code when it is asked for. The router would answer a failure with a reload of its own, unasked. */
export async function code<M>(load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (cause) {
    throw new CodeMissing("code that was asked for did not come", { cause });
  }
}

/** Why code did not come: another release is installed, the server did not answer, or neither. */
export type Why = "upgraded" | "away" | "broken";

/** Asks the server which release it hands out. */
export async function whyMissing(): Promise<Why> {
  try {
    // Not of the API, and never from the cache.
    const response = await window.fetch("/", { cache: "no-store" });
    if (!response.ok) return "away";
    return entryOf(await response.text()) === entryOf(document.documentElement.outerHTML) ? "broken" : "upgraded";
  } catch {
    return "away";
  }
}

/** The script that a page begins with; its name tells its release. */
function entryOf(html: string): string | undefined {
  return /<script[^>]*\ssrc="([^"]+)"/.exec(html)?.[1];
}
