import "@patternfly/react-core/dist/styles/base.css";
import "./app/utilities.css";
import "./app/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { CodeMissing } from "./app/code";
import { applyStoredTheme } from "./app/theme";

applyStoredTheme();
const root = document.getElementById("root");
if (root) {
  // A part that did not come is told on the page and is no fault of the console.
  const onCaughtError = (error: unknown) => {
    if (!(error instanceof CodeMissing)) console.error(error);
  };
  createRoot(root, { onCaughtError }).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
