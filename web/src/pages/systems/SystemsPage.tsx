import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, PageSection } from "@patternfly/react-core";
import { CubesIcon } from "@patternfly/react-icons/dist/esm/icons/cubes-icon";
import { api, type Schemas } from "../../api/client";
import { unreadable, useNumberList } from "../../app/list";
import { useMe } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { Create } from "./SystemDialogs";
import { systemsText } from "./text";

type System = Schemas["System"];

/** Systems that the reader may see. */
export function Page() {
  const text = useText(systemsText);
  const go = useGo();
  const why = useWhyNotPermitted(useMe().permissions, "governance:system:create");
  const [{ create }, change] = useUrl();
  const list = useNumberList<Schemas["System"]>(["systems"], (cut, signal) =>
    api.GET("/api/v1/systems", { params: { query: cut }, signal }),
  );
  const columns: readonly Column<System, keyof (typeof systemsText)["en"]>[] = [
    { label: "name", cell: ({ id, name }) => <Link to={paths.system(id)}>{name}</Link>, modifier: "breakWord", width: 20 },
    {
      label: "description",
      cell: ({ description }) => <span className="shepherd-break shepherd-lines">{description}</span>,
      width: 40,
    },
    { label: "created", cell: ({ created_at }) => <Time at={created_at} /> },
    { label: "changed", cell: ({ updated_at }) => <Time at={updated_at} /> },
  ];
  const button = (
    <ReasonedButton why={why} onClick={() => change({ create: "1" }, { push: true })}>
      {text("createSystem")}
    </ReasonedButton>
  );
  const shown = !unreadable(list);
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} actions={shown && button} />
      <PageSection>
        <DataTable
          label={text("title")}
          texts={systemsText}
          columns={columns}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.system(id)}
          call={{ path: "/api/v1/systems" }}
          empty={
            <EmptyState icon={CubesIcon} titleText={text("none")} headingLevel="h2">
              <EmptyStateBody>{text("noneBody")}</EmptyStateBody>
              <EmptyStateFooter>
                <EmptyStateActions>{button}</EmptyStateActions>
              </EmptyStateFooter>
            </EmptyState>
          }
        />
      </PageSection>
      {create !== undefined && why === undefined && (
        <Create onClose={() => change({ create: undefined })} onMade={(id) => go(paths.system(id))} />
      )}
    </>
  );
}
