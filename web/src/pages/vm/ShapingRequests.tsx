import { Card, CardBody, CardTitle, EmptyState, EmptyStateBody } from "@patternfly/react-core";
import { api, type Schemas } from "../../api/client";
import { useCursorList } from "../../app/list";
import { DataTable, type Column } from "../../components/table/DataTable";
import { TicketState, TicketWhat } from "../../components/TicketCells";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { vmText } from "./text";

type Row = Schemas["TicketRow"];

const COLUMNS: readonly Column<Row, keyof (typeof vmText)["en"]>[] = [
  { label: "request", width: 40, cell: (row) => <TicketWhat row={row} /> },
  { label: "who", cell: ({ names }) => <span className="shepherd-break">{names.requester}</span> },
  { label: "state", cell: (row) => <TicketState row={row} /> },
  { label: "age", cell: ({ created_at }) => <Time at={created_at} /> },
  { label: "decided", cell: ({ names, decided_at }) => <Decided name={names.decided_by} at={decided_at} /> },
];

/** The requests that made the VM what it is. */
export function ShapingRequests({ vmId }: { vmId: string }) {
  const text = useText(vmText);
  const query = { vm_id: vmId };
  const list = useCursorList<Schemas["TicketRow"]>(["tickets", "of-vm", query], (cut, signal) =>
    api.GET("/api/v1/tickets", { params: { query: { ...query, ...cut } }, signal }),
  );
  return (
    <Card>
      <CardTitle>
        <h2>{text("requests")}</h2>
      </CardTitle>
      <CardBody>
        <DataTable
          label={text("requests")}
          texts={vmText}
          columns={COLUMNS}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.request(id)}
          call={{ path: `/api/v1/tickets?vm_id=${vmId}` }}
          empty={
            <EmptyState titleText={text("noRequests")} headingLevel="h3" variant="sm">
              <EmptyStateBody>{text("noRequestsBody")}</EmptyStateBody>
            </EmptyState>
          }
        />
      </CardBody>
    </Card>
  );
}

function Decided({ name, at }: { name: string | null | undefined; at: string | null | undefined }) {
  if (!name || !at) return null;
  return (
    <>
      <span className="shepherd-break">{name}</span>
      <br />
      <small className="shepherd-subtle">
        <Time at={at} />
      </small>
    </>
  );
}
