import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { ToastProvider } from "../components/Toasts";
import { LanguageProvider } from "./language";
import { queryClient } from "./queries";
import { router } from "./router";
import { signalSignedOut } from "./signedOut";

/** The console: language, query cache, toasts and router around the pages. */
export function App() {
  const [client] = useState(() => queryClient(signalSignedOut));
  return (
    <LanguageProvider>
      <QueryClientProvider client={client}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </QueryClientProvider>
    </LanguageProvider>
  );
}
