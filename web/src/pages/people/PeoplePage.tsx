import { EmptyState, Label, LabelGroup, PageSection } from "@patternfly/react-core";
import { UsersIcon } from "@patternfly/react-icons/dist/esm/icons/users-icon";
import { api, type Schemas } from "../../api/client";
import { useEverything } from "../../app/everything";
import { unreadable, useNumberList } from "../../app/list";
import { useMay, useMe } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { FilterBar } from "../../components/FilterBar";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { RolesExplained } from "./RolesExplained";
import { peopleText } from "./text";

type User = Schemas["User"];

/** An address of mail; where it has to break, it breaks before the @. */
function Address({ email }: { email: string | null | undefined }) {
  if (!email) return <>–</>;
  const at = email.lastIndexOf("@");
  return (
    <>
      <span className="shepherd-whole">{email.slice(0, at)}</span>
      <wbr />
      <span className="shepherd-whole">{email.slice(at)}</span>
    </>
  );
}

/** People of the tenant and their roles. */
export function Page() {
  const text = useText(peopleText);
  const go = useGo();
  const { permissions, principal } = useMe();
  const why = useWhyNotPermitted(permissions, "identity:user:manage");
  const [{ q }, change] = useUrl();
  const query = { ...(q ? { q } : {}) };
  const list = useNumberList<User>(["users", query], (cut, signal) =>
    api.GET("/api/v1/users", { params: { query: { ...query, ...cut } }, signal }),
  );
  const bindings = useEverything<Schemas["RoleBinding"]>(
    ["role-bindings"],
    (cut, signal) => api.GET("/api/v1/role-bindings", { params: { query: cut }, signal }),
    { enabled: useMay("identity:binding:read") },
  );
  const shown = !unreadable(list);
  const held = (id: string) => [...new Set((bindings.data ?? []).filter((each) => each.principal_id === id).map(({ role }) => role))];
  const columns: readonly Column<User, keyof (typeof peopleText)["en"]>[] = [
    {
      label: "name",
      cell: ({ id, display_name }) => (
        <>
          <Link to={paths.person(id)}>{display_name}</Link> {id === principal.id && <Label isCompact>{text("you")}</Label>}
        </>
      ),
      modifier: "breakWord",
      width: 20,
    },
    { label: "username", cell: ({ username }) => <span className="shepherd-mono">{username}</span>, modifier: "breakWord", width: 15 },
    { label: "email", cell: ({ email }) => <Address email={email} />, modifier: "breakWord", width: 25 },
    {
      label: "roles",
      cell: ({ id }) => (
        <LabelGroup numLabels={4}>
          {held(id).map((role) => (
            <Label key={role} isCompact>
              {role}
            </Label>
          ))}
        </LabelGroup>
      ),
      width: 25,
    },
    {
      label: "state",
      cell: ({ enabled, must_change_password }) => (
        <>
          <StateLabel of="usable" state={enabled ? "enabled" : "disabled"} />
          {must_change_password && <div className="shepherd-subtle">{text("mustChange")}</div>}
        </>
      ),
    },
    { label: "changed", cell: ({ updated_at }) => <Time at={updated_at} /> },
  ];
  return (
    <>
      <PageHeading
        title={text("title")}
        subtitle={text("subtitle")}
        actions={
          shown && (
            <ReasonedButton why={why} onClick={() => go(paths.newPerson())}>
              {text("create")}
            </ReasonedButton>
          )
        }
      />
      <PageSection>
        {shown && <FilterBar filters={[{ name: "q", label: text("search") }]} />}
        <DataTable
          label={text("title")}
          texts={peopleText}
          columns={columns}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.person(id)}
          call={{ path: `/api/v1/users${q ? `?q=${encodeURIComponent(q)}` : ""}` }}
          filtered={{ active: q !== undefined, clear: () => change({ q: undefined }) }}
          empty={<EmptyState icon={UsersIcon} titleText={text("none")} headingLevel="h2" />}
        />
      </PageSection>
      {!list.error && (
        <PageSection>
          <RolesExplained />
        </PageSection>
      )}
    </>
  );
}
