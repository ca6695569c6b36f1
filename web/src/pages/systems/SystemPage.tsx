import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, PageSection, Title } from "@patternfly/react-core";
import { CubeIcon } from "@patternfly/react-icons/dist/esm/icons/cube-icon";
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useNumberList } from "../../app/list";
import { useRead } from "../../app/read";
import { useMe } from "../../app/session";
import { useGo, usePathParam, useUrl } from "../../app/url";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { RowMenu } from "../../components/RowMenu";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { Create, Describe, Remove } from "./SystemDialogs";
import { systemsText } from "./text";

type Service = Schemas["Service"];

type Dialog = { act: "describe" | "remove"; kind: "system"; of: Schemas["System"] } | { act: "describe" | "remove"; kind: "service"; of: Service };

/** A System and its Services. */
export function Page() {
  const id = usePathParam("id");
  const read = useRead<Schemas["System"]>(["systems", id], (signal) =>
    api.GET("/api/v1/systems/{id}", { params: { path: { id } }, signal }),
  );
  return <WhenRead read={read}>{(system) => <Shown system={system} />}</WhenRead>;
}

function Shown({ system }: { system: Schemas["System"] }) {
  const text = useText(systemsText);
  const go = useGo();
  const { permissions } = useMe();
  const whyUpdate = useWhyNotPermitted(permissions, "governance:system:update");
  const whyDelete = useWhyNotPermitted(permissions, "governance:system:delete");
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <PageHeading
        title={system.name}
        subtitle={text("pattern", { system: system.name })}
        above={[{ label: text("title"), to: paths.systems() }]}
        actions={
          <>
            <ReasonedButton why={whyUpdate} variant="secondary" onClick={() => setDialog({ act: "describe", kind: "system", of: system })}>
              {text("edit")}
            </ReasonedButton>
            <ReasonedButton why={whyDelete} variant="secondary" isDanger onClick={() => setDialog({ act: "remove", kind: "system", of: system })}>
              {text("remove")}
            </ReasonedButton>
          </>
        }
      />
      <PageSection>
        <p className={system.description === "" ? "shepherd-subtle" : "shepherd-pre"}>
          {system.description === "" ? text("noDescription") : system.description}
        </p>
      </PageSection>
      <Services system={system.id} open={setDialog} />
      {dialog?.act === "describe" && <Describe kind={dialog.kind} of={dialog.of} onClose={close} />}
      {dialog?.act === "remove" && (
        <Remove
          kind={dialog.kind}
          of={dialog.of}
          onClose={close}
          {...(dialog.kind === "system" ? { onRemoved: () => go(paths.systems(), { replace: true }) } : {})}
        />
      )}
    </>
  );
}

function Services({ system, open }: { system: string; open: (dialog: Dialog) => void }) {
  const text = useText(systemsText);
  const { permissions } = useMe();
  const whyCreate = useWhyNotPermitted(permissions, "governance:service:create");
  const whyUpdate = useWhyNotPermitted(permissions, "governance:service:update");
  const whyDelete = useWhyNotPermitted(permissions, "governance:service:delete");
  const [{ create }, change] = useUrl();
  const query = { system_id: system };
  const list = useNumberList<Service>(["services", query], (cut, signal) =>
    api.GET("/api/v1/services", { params: { query: { ...query, ...cut } }, signal }),
  );
  const columns: readonly Column<Service, keyof (typeof systemsText)["en"]>[] = [
    { label: "name", cell: ({ name }) => <strong>{name}</strong>, modifier: "breakWord", width: 20 },
    { label: "description", cell: ({ description }) => <span className="shepherd-break shepherd-lines">{description === "" ? "–" : description}</span>, width: 40 },
    { label: "next", cell: ({ next_instance }) => String(next_instance).padStart(2, "0") },
    { label: "changed", cell: ({ updated_at }) => <Time at={updated_at} /> },
    {
      label: "acts",
      cell: (of) => (
        <RowMenu
          name={of.name}
          acts={[
            { title: text("edit"), why: whyUpdate, onClick: () => open({ act: "describe", kind: "service", of }) },
            { title: text("remove"), why: whyDelete, danger: true, onClick: () => open({ act: "remove", kind: "service", of }) },
          ]}
        />
      ),
    },
  ];
  const button = (
    <ReasonedButton why={whyCreate} onClick={() => change({ create: "1" }, { push: true })}>
      {text("createService")}
    </ReasonedButton>
  );
  return (
    <PageSection>
      <div className="shepherd-spread">
        <Title headingLevel="h2">{text("services")}</Title>
        {button}
      </div>
      <DataTable
        label={text("services")}
        texts={systemsText}
        columns={columns}
        list={list}
        id={({ id }) => id}
        call={{ path: `/api/v1/services?system_id=${system}` }}
        empty={
          <EmptyState icon={CubeIcon} titleText={text("noServices")} headingLevel="h3" variant="sm">
            <EmptyStateBody>{text("noServicesBody")}</EmptyStateBody>
            <EmptyStateFooter>
              <EmptyStateActions>{button}</EmptyStateActions>
            </EmptyStateFooter>
          </EmptyState>
        }
      />
      {create !== undefined && whyCreate === undefined && <Create within={system} onClose={() => change({ create: undefined })} />}
    </PageSection>
  );
}
