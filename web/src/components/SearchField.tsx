import { useEffect, useRef, useState } from "react";
import { SearchBox } from "./SearchBox";

interface Props {
  label: string;
  placeholder: string;
  /** What the URL says. */
  value: string;
  onChange: (value: string) => void;
}

/** Milliseconds of silence after which what was typed goes into the URL. */
const PAUSE = 250;

/** Text that narrows a list. Typing is shown at once; the URL follows when it pauses. */
export function SearchField({ label, placeholder, value, onChange }: Props) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  }, [onChange]);
  useEffect(() => {
    // Somebody else changed the URL: the back button, "clear the filters".
    if (value !== sent.current) {
      sent.current = value;
      setTyped(value);
    }
  }, [value]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = window.setTimeout(() => {
      sent.current = typed;
      change.current(typed);
    }, PAUSE);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return <SearchBox label={label} placeholder={placeholder} value={typed} onChange={setTyped} onClear={() => setTyped("")} />;
}
