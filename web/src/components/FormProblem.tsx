import { useEffect, useRef } from "react";
import { ProblemAlert } from "./ProblemAlert";

interface Props {
  error: Error | null;
  shownFields?: readonly string[];
}

/** What the server says about a form. It leads to the first field that is wrong, or to itself. */
export function FormProblem({ error, shownFields }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!error) return;
    const field = box.current?.closest("form")?.querySelector<HTMLElement>("[aria-invalid=true]");
    (field ?? box.current)?.focus();
  }, [error]);
  if (!error) return null;
  return (
    <div ref={box} tabIndex={-1}>
      <ProblemAlert error={error} {...(shownFields ? { shownFields } : {})} />
    </div>
  );
}
