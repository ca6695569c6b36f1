import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, PageSection } from "@patternfly/react-core";
import { FolderOpenIcon } from "@patternfly/react-icons/dist/esm/icons/folder-open-icon";
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { unreadable, useNumberList } from "../../app/list";
import { useMe } from "../../app/session";
import { useUrl } from "../../app/url";
import { useWrite } from "../../app/write";
import { EnvironmentLabel } from "../../components/EnvironmentLabel";
import { FilterBar } from "../../components/FilterBar";
import { PageHeading } from "../../components/PageHeading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { RowMenu } from "../../components/RowMenu";
import { StateLabel } from "../../components/StateLabel";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { CreateNamespace, NamespaceDialog } from "./NamespaceDialog";
import { namespacesText } from "./text";

type Namespace = Schemas["Namespace"];

/** Namespaces that VMs can be asked for in. */
export function Page() {
  const text = useText(namespacesText);
  const toast = useToast();
  const why = useWhyNotPermitted(useMe().permissions, "governance:namespace:manage");
  const [{ environment, create }, change] = useUrl();
  const [dialog, setDialog] = useState<{ act: "edit" | "disable" | "remove"; namespace: Namespace } | null>(null);
  const query = { ...(environment ? { environment } : {}) };
  const list = useNumberList<Namespace>(["namespaces", query], (cut, signal) =>
    api.GET("/api/v1/namespaces", { params: { query: { ...query, ...cut } }, signal }),
  );
  const enable = useWrite<Namespace, Namespace>(
    ({ id }) => api.PATCH("/api/v1/namespaces/{id}", { params: { path: { id } }, body: { enabled: true } }),
    ["namespaces"],
    ({ name }) => toast(text("enabled", { name })),
  );
  const columns: readonly Column<Namespace, keyof (typeof namespacesText)["en"]>[] = [
    { label: "name", cell: ({ name }) => <strong>{name}</strong>, modifier: "breakWord", width: 25 },
    { label: "environment", cell: (row) => <EnvironmentLabel environment={row.environment} /> },
    { label: "physical", cell: ({ physical_name }) => <span className="shepherd-mono">{physical_name}</span>, modifier: "breakWord", width: 20 },
    { label: "description", cell: ({ description }) => <span className="shepherd-break">{description}</span>, width: 25 },
    { label: "state", cell: ({ enabled }) => <StateLabel of="usable" state={enabled ? "enabled" : "disabled"} /> },
    { label: "changed", cell: ({ updated_at }) => <Time at={updated_at} /> },
    {
      label: "acts",
      cell: (namespace) => (
        <RowMenu
          name={namespace.name}
          acts={[
            { title: text("edit"), why, onClick: () => setDialog({ act: "edit", namespace }) },
            namespace.enabled
              ? { title: text("disable"), why, onClick: () => setDialog({ act: "disable", namespace }) }
              : { title: text("enable"), why, onClick: () => enable.mutate(namespace) },
            { title: text("remove"), why, danger: true, onClick: () => setDialog({ act: "remove", namespace }) },
          ]}
        />
      ),
    },
  ];
  const button = (
    <ReasonedButton why={why} onClick={() => change({ create: "1" }, { push: true })}>
      {text("create")}
    </ReasonedButton>
  );
  const shown = !unreadable(list);
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} actions={shown && button} />
      <PageSection>
        {enable.error && <ProblemAlert error={enable.error} />}
        {shown && <FilterBar filters={[{ name: "environment", label: text("environment"), options: ["test", "prod"], word: "environment" }]} />}
        <DataTable
          label={text("title")}
          texts={namespacesText}
          columns={columns}
          list={list}
          id={({ id }) => id}
          call={{ path: `/api/v1/namespaces${environment ? `?environment=${environment}` : ""}` }}
          filtered={{ active: environment !== undefined, clear: () => change({ environment: undefined }) }}
          empty={
            <EmptyState icon={FolderOpenIcon} titleText={text("none")} headingLevel="h2">
              <EmptyStateBody>{text("noneBody")}</EmptyStateBody>
              <EmptyStateFooter>
                <EmptyStateActions>{button}</EmptyStateActions>
              </EmptyStateFooter>
            </EmptyState>
          }
        />
      </PageSection>
      {create !== undefined && why === undefined && <CreateNamespace onClose={() => change({ create: undefined })} />}
      {dialog && <NamespaceDialog {...dialog} onClose={() => setDialog(null)} />}
    </>
  );
}
