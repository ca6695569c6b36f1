import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useState, type ReactNode } from "react";

/** Kinds of events, and what each of them may have changed. */
const AFFECTED: Readonly<Record<string, readonly string[]>> = {
  ticket: ["tickets", "steps", "notifications", "vms"],
  step: ["tickets", "steps"],
  vm: ["vms", "tickets"],
  cluster: ["clusters", "health"],
  notification: ["notifications"],
};
/** Milliseconds before a stream that was refused is tried again, doubled each time. */
const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 30_000;
/** Milliseconds between looks at the session, at least. */
const SESSION_LOOKS = 5_000;

const Context = createContext(false);

/** Listens to the server's events and refreshes what they touch. Polling is the net below it. */
export function Live({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [connected, setConnected] = useState(false);
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: number | undefined;
    let last = "";
    let pause = FIRST_RETRY;
    let looked = 0;
    const look = () => {
      if (Date.now() - looked < SESSION_LOOKS) return;
      looked = Date.now();
      void client.invalidateQueries({ queryKey: ["me"] });
    };
    const heard = (event: MessageEvent<string>) => {
      last = event.lastEventId || last;
      // A role may have been given or taken: whoever did it is heard of only by what it lets one see.
      look();
      for (const kind of AFFECTED[event.type] ?? []) void client.invalidateQueries({ queryKey: [kind] });
    };
    const open = () => {
      source = new EventSource(`/api/v1/events${last === "" ? "" : `?last_event_id=${encodeURIComponent(last)}`}`);
      source.onopen = () => {
        pause = FIRST_RETRY;
        setConnected(true);
        // What happened while nobody listened.
        void client.invalidateQueries();
      };
      source.onerror = () => {
        setConnected(false);
        if (source?.readyState !== EventSource.CLOSED) return;
        timer = window.setTimeout(open, pause);
        pause = Math.min(pause * 2, LONGEST_RETRY);
      };
      for (const kind of Object.keys(AFFECTED)) source.addEventListener(kind, heard);
      source.addEventListener("end", () => {
        source?.close();
        setConnected(false);
        // Says whether the session is over.
        void client.invalidateQueries({ queryKey: ["me"] });
        timer = window.setTimeout(open, pause);
        pause = Math.min(pause * 2, LONGEST_RETRY);
      });
    };
    open();
    window.addEventListener("focus", look);
    return () => {
      window.removeEventListener("focus", look);
      window.clearTimeout(timer);
      source?.close();
    };
  }, [client]);
  return <Context value={connected}>{children}</Context>;
}

/** Whether events arrive at the moment. */
export function useConnected(): boolean {
  return use(Context);
}
