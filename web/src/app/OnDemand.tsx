import { Component, Suspense, useEffect, useState, type ReactNode } from "react";
import { CodeMissing, whyMissing, type Why } from "./code";

let missing = false;
const listeners = new Set<() => void>();

function signalMissing(): void {
  missing = true;
  listeners.forEach((listener) => listener());
}

/** Why a part of the page did not come; undefined while nothing is missing or the reason is being asked for. */
export function useMissingPart(): Why | undefined {
  const [why, setWhy] = useState<Why>();
  useEffect(() => {
    const ask = () => void whyMissing().then(setWhy);
    if (missing) ask();
    listeners.add(ask);
    return () => void listeners.delete(ask);
  }, []);
  return why;
}

interface Props {
  /** Stands there until the part has come, and when it does not. */
  fallback: ReactNode;
  children: ReactNode;
}

/** A part of a page whose code is loaded when it is asked for. When that does not come, the page stays, and says so. */
export class OnDemand extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(error: unknown): { failed: boolean } {
    if (error instanceof CodeMissing) return { failed: true };
    throw error;
  }

  override componentDidCatch(): void {
    signalMissing();
  }

  override render(): ReactNode {
    const { fallback, children } = this.props;
    return this.state.failed ? fallback : <Suspense fallback={fallback}>{children}</Suspense>;
  }
}
