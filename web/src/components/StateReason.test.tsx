import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { LanguageProvider } from "../app/language";
import { StateReason } from "./StateReason";

afterEach(cleanup);

const SAID = "0/1 nodes are available: 1 Insufficient memory.";

test("a code with the cluster's words after it is put into words, and a list leaves the cluster's to the title", () => {
  const shown = (short: boolean) => render(<LanguageProvider><StateReason reason={`Unschedulable: ${SAID}`} short={short} /></LanguageProvider>).container.firstElementChild;
  expect(shown(true)?.textContent).toBe("No node has room for it yet");
  expect(shown(false)?.textContent).toBe(`No node has room for it yet\n${SAID}`);
  expect(shown(true)?.getAttribute("title")).toContain(SAID);
});
