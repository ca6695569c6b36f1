import { api, type Schemas } from "../api/client";
import { useRead } from "../app/read";
import { useText } from "../messages/catalogue";
import { paths } from "../paths";
import { EnvironmentLabel } from "./EnvironmentLabel";
import { Link } from "./Link";
import { useSizeWords } from "./Size";
import { StateLabel } from "./StateLabel";
import { commonText } from "./text";

type Row = Schemas["TicketRow"];

/** Milliseconds between looks at a request in a list; events tell of changes before. */
const SELDOM = 120_000;

/** Reads a request whole: what its row does not carry. */
export function useTicket(id: string, options: { enabled?: boolean; every?: number } = {}) {
  return useRead<Schemas["TicketDetail"]>(
    ["tickets", id],
    (signal) => api.GET("/api/v1/tickets/{id}", { params: { path: { id } }, signal }),
    { every: SELDOM, ...options },
  );
}

/** The VM that is asked for, what it gets and why. */
export function TicketWhat({ row }: { row: Row }) {
  const words = useSizeWords();
  return (
    <>
      <Link to={paths.request(row.id)} className="shepherd-break">
        {row.vm_name}
      </Link>
      <br />
      <small className="shepherd-subtle">{words(row.size)}</small>
      <br />
      <small className="shepherd-subtle shepherd-lines-2 shepherd-break">{row.reason}</small>
    </>
  );
}

/** Where it is asked for. */
export function TicketWhere({ row: { names } }: { row: Row }) {
  return (
    <>
      <span className="shepherd-break">{names.namespace}</span> <EnvironmentLabel environment={names.environment} />
      <br />
      <small className="shepherd-subtle shepherd-break">
        {names.system} / {names.service}
      </small>
    </>
  );
}

/** State of a request; while it is being carried out, that of its run, too. */
export function TicketState({ row }: { row: Pick<Row, "state" | "run_state"> }) {
  return (
    <>
      <StateLabel of="ticket" state={row.state} />
      {row.state === "EXECUTING" && row.run_state && row.run_state !== "RUNNING" && (
        <div className="pf-v6-u-mt-xs">
          <StateLabel of="run" state={row.run_state} />
        </div>
      )}
    </>
  );
}

/** States in which a request may have a VM. */
const WITH_VM = ["EXECUTING", "SUCCESS"];

/** The VM that came of a request. */
export function TicketVm({ row }: { row: Row }) {
  const text = useText(commonText);
  const { data } = useTicket(row.id, { enabled: WITH_VM.includes(row.state) });
  if (!data?.vm_id) return null;
  return (
    <Link to={paths.vm(data.vm_id)} className="shepherd-nowrap" aria-label={`${text("openVm")} ${row.vm_name}`}>
      {text("openVm")}
    </Link>
  );
}
