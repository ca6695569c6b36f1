import { Alert, AlertActionCloseButton, AlertGroup } from "@patternfly/react-core";
import { createContext, use, useCallback, useState, type ReactNode } from "react";

interface Toast {
  id: number;
  title: string;
  variant: "success" | "info" | "warning";
}

type Show = (title: string, variant?: Toast["variant"]) => void;

const Context = createContext<Show>(() => undefined);
/** Milliseconds that a message stays. */
const STAY = 8_000;

/** Short messages about what has just been done, read aloud by screen readers. Errors are shown where they happen. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>((title, variant = "success") => {
    setToasts((all) => [...all.slice(-3), { id: Date.now() + Math.random(), title, variant }]);
  }, []);
  return (
    <Context value={show}>
      {children}
      <AlertGroup isToast isLiveRegion>
        {toasts.map(({ id, title, variant }) => (
          <Alert
            key={id}
            title={title}
            variant={variant}
            timeout={STAY}
            onTimeout={() => close(id)}
            actionClose={<AlertActionCloseButton onClose={() => close(id)} />}
          />
        ))}
      </AlertGroup>
    </Context>
  );
}

/** Shows a short message. */
export function useToast(): Show {
  return use(Context);
}
