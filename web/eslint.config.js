import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/generated"] },
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    extends: [
      ...tseslint.configs.strictTypeChecked,
      jsxA11y.flatConfigs.strict,
      reactHooks.configs.flat["recommended-latest"],
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // `onClick={() => go(path)}` is how React is written.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // What the URL, the server's events and the browser say comes in by effects.
      "react-hooks/set-state-in-effect": "off",
      // A panel of tabs takes the focus, as ARIA's pattern has it.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { roles: ["tabpanel"], tags: [] }],
      // Only where a dialog or a page before sign-in has one obvious first field.
      "jsx-a11y/no-autofocus": "off",
      "max-lines": ["error", 300],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-restricted-globals": ["error", { name: "fetch", message: "src/api/client.ts calls the API." }],
    },
  },
  {
    files: ["src/**/*.test.tsx"],
    // Components of a test stand for others; they hand out what is tested.
    rules: { "react-hooks/globals": "off", "jsx-a11y/no-noninteractive-element-interactions": "off" },
  },
);
