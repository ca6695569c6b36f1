import { Card, CardBody, Dropdown, DropdownItem, DropdownList, MenuToggle, PageSection, Stack, StackItem } from "@patternfly/react-core";
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { useMe } from "../../app/session";
import { usePathParam } from "../../app/url";
import { useWrite } from "../../app/write";
import { CopyId } from "../../components/CopyId";
import { Facts } from "../../components/Facts";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { Time } from "../../components/Time";
import { useToast } from "../../components/Toasts";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { PersonDialog, type PersonAct } from "./PersonDialog";
import { PersonRoles } from "./PersonRoles";
import { peopleText } from "./text";

type User = Schemas["User"];

/** A person: their account and their roles. */
export function Page() {
  const id = usePathParam("id");
  const read = useRead<User>(["users", id], (signal) => api.GET("/api/v1/users/{id}", { params: { path: { id } }, signal }));
  return <WhenRead read={read}>{(person) => <Shown person={person} />}</WhenRead>;
}

function Shown({ person }: { person: User }) {
  const text = useText(peopleText);
  const toast = useToast();
  const { permissions } = useMe();
  const why = useWhyNotPermitted(permissions, "identity:user:manage");
  const [act, setAct] = useState<PersonAct | null>(null);
  const [open, setOpen] = useState(false);
  const { id, username, display_name, email, enabled, must_change_password, created_at, updated_at } = person;
  const enable = useWrite<null, User>(
    () => api.PATCH("/api/v1/users/{id}", { params: { path: { id } }, body: { enabled: true } }),
    ["users"],
    () => toast(text("enabled", { name: display_name })),
  );
  const item = (which: PersonAct, danger = false) => (
    <DropdownItem isDanger={danger} isAriaDisabled={why !== undefined} {...(why ? { tooltipProps: { content: why } } : {})} onClick={() => setAct(which)}>
      {text(which)}
    </DropdownItem>
  );
  return (
    <>
      <PageHeading
        title={display_name}
        badge={<StateLabel of="usable" state={enabled ? "enabled" : "disabled"} />}
        subtitle={<span className="shepherd-mono">{username}</span>}
        above={[{ label: text("title"), to: paths.people() }]}
        actions={
          <>
            <ReasonedButton why={why} variant="secondary" isLoading={enable.isPending} onClick={() => (enabled ? setAct("disable") : enable.mutate(null))}>
              {text(enabled ? "disable" : "enable")}
            </ReasonedButton>
            <Dropdown
              isOpen={open}
              onOpenChange={setOpen}
              onSelect={() => setOpen(false)}
              popperProps={{ position: "right" }}
              toggle={(ref) => (
                <MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)}>
                  {text("more")}
                </MenuToggle>
              )}
            >
              <DropdownList>
                {item("edit")}
                {item("reset")}
                {item("remove", true)}
              </DropdownList>
            </Dropdown>
          </>
        }
      />
      <PageSection>
        <Stack hasGutter>
          {enable.error && (
            <StackItem>
              <ProblemAlert error={enable.error} />
            </StackItem>
          )}
          <StackItem>
            <Card>
              <CardBody>
                <Facts
                  columns={2}
                  facts={[
                    [text("email"), email ?? "–"],
                    [text("state"), must_change_password ? text("mustChange") : <StateLabel of="usable" state={enabled ? "enabled" : "disabled"} />],
                    [text("created"), <Time key="created" at={created_at} />],
                    [text("changed"), <Time key="changed" at={updated_at} />],
                    ["ID", <CopyId key="id" id={id} />],
                    [text("audit"), permissions.includes("audit:log:read") ? <Link key="audit" to={paths.audit({ actor_id: id })}>{text("auditLink")}</Link> : undefined],
                  ]}
                />
              </CardBody>
            </Card>
          </StackItem>
          <StackItem>
            <PersonRoles person={person} />
          </StackItem>
        </Stack>
      </PageSection>
      {act && <PersonDialog act={act} person={person} onClose={() => setAct(null)} />}
    </>
  );
}
