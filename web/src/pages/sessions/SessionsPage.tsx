import { Button, EmptyState, Label, PageSection } from "@patternfly/react-core";
import { api, type Schemas } from "../../api/client";
import { whole } from "../../app/list";
import { useRead } from "../../app/read";
import { useWrite } from "../../app/write";
import { PageHeading } from "../../components/PageHeading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { sessionsText } from "./text";

type Session = Schemas["Session"];

/** Where somebody is signed in, and how each session is ended. */
export function Page() {
  const text = useText(sessionsText);
  const toast = useToast();
  const list = useRead<Schemas["SessionList"]>(["sessions"], (signal) => api.GET("/api/v1/auth/sessions", { signal }));
  const end = useWrite<string, unknown>(
    (id) => api.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } }),
    ["sessions"],
    () => toast(text("ended")),
  );
  const columns: readonly Column<Session, keyof (typeof sessionsText)["en"]>[] = [
    { label: "kind", cell: ({ kind }) => (kind === "CONSOLE" || kind === "API" ? text(kind) : kind) },
    { label: "from", cell: ({ ip }) => <span className="shepherd-mono">{ip}</span> },
    { label: "agent", cell: ({ user_agent }) => <span className="shepherd-break">{user_agent}</span>, width: 40 },
    { label: "begun", cell: ({ created_at }) => <Time at={created_at} /> },
    { label: "ends", cell: ({ expires_at }) => <Time at={expires_at} /> },
    {
      label: "act",
      cell: ({ id, current }) =>
        current ? (
          <Label>{text("current")}</Label>
        ) : (
          <Button variant="link" isInline isLoading={end.isPending && end.variables === id} onClick={() => end.mutate(id)}>
            {text("end")}
          </Button>
        ),
    },
  ];
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} />
      <PageSection>
        {end.error && <ProblemAlert error={end.error} />}
        <DataTable
          label={text("title")}
          texts={sessionsText}
          columns={columns}
          list={whole(list)}
          id={({ id }) => id}
          call={{ path: "/api/v1/auth/sessions" }}
          empty={<EmptyState titleText={text("none")} headingLevel="h2" />}
        />
      </PageSection>
    </>
  );
}
