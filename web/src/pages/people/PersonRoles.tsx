import { Alert, Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "../../components/table/Table";
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useEverything } from "../../app/everything";
import { useMe } from "../../app/session";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { Time } from "../../components/Time";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { missingPermission, NoPermission } from "../../components/NoPermission";
import { ProblemAlert } from "../../components/ProblemAlert";
import { GrantRole } from "./GrantRole";
import { useRoleWords } from "./RolesExplained";
import { peopleText } from "./text";

type Binding = Schemas["RoleBinding"];

/** Workspaces by id; few, and needed for names only. */
export function useWorkspaces(): readonly Schemas["Workspace"][] {
  const read = useEverything<Schemas["Workspace"]>(["workspaces"], (cut, signal) => api.GET("/api/v1/workspaces", { params: { query: cut }, signal }));
  return read.data ?? [];
}

/** Roles that a person holds; granted and taken away here. */
export function PersonRoles({ person }: { person: Schemas["User"] }) {
  const text = useText(peopleText);
  const words = useRoleWords();
  const { permissions, principal } = useMe();
  const missing = useWhyNotPermitted(permissions, "identity:binding:manage");
  const whyGrant = principal.id === person.id ? text("self") : missing;
  const workspaces = useWorkspaces();
  const [granting, setGranting] = useState(false);
  const [revoking, setRevoking] = useState<Binding | null>(null);
  const read = useEverything<Binding>(["role-bindings", person.id], (cut, signal) =>
    api.GET("/api/v1/role-bindings", { params: { query: { ...cut, principal_id: person.id } }, signal }),
  );
  const permission = missingPermission(read.error);
  const scope = (id: string | null | undefined) =>
    id ? text("workspace", { name: workspaces.find((each) => each.id === id)?.name ?? id }) : text("wholeTenant");
  return (
    <Card>
      <CardHeader
        actions={{
          hasNoOffset: true,
          actions: (
            <ReasonedButton why={whyGrant} variant="secondary" onClick={() => setGranting(true)}>
              {text("grant")}
            </ReasonedButton>
          ),
        }}
      >
        <CardTitle component="h2">{text("rolesTitle")}</CardTitle>
      </CardHeader>
      <CardBody>
        {permission !== undefined && <NoPermission permission={permission} />}
        {read.error && permission === undefined && <ProblemAlert error={read.error} onRetry={() => void read.refetch()} />}
        {read.data?.length === 0 && <Alert variant="warning" isInline isPlain title={text("noRoles")} />}
        {read.data !== undefined && read.data.length > 0 && (
          <Table aria-label={text("rolesTitle")}>
            <Thead>
              <Tr>
                <Th width={40}>{text("role")}</Th>
                <Th modifier="nowrap">{text("scope")}</Th>
                <Th modifier="nowrap">{text("grantedBy")}</Th>
                <Th modifier="nowrap">{text("since")}</Th>
                <Th modifier="nowrap">{text("acts")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {read.data.map((binding) => (
                <Tr key={binding.id}>
                  <Td dataLabel={text("role")}>
                    <strong>{binding.role}</strong>
                    <div className="shepherd-subtle">{words(binding.role)}</div>
                  </Td>
                  <Td dataLabel={text("scope")}>{scope(binding.workspace_id)}</Td>
                  <Td dataLabel={text("grantedBy")}>{text(binding.source === "system" ? "source_system" : "source_manual")}</Td>
                  <Td dataLabel={text("since")}>
                    <Time at={binding.created_at} />
                  </Td>
                  <Td dataLabel={text("acts")}>
                    <ReasonedButton why={missing} variant="link" isInline isDanger onClick={() => setRevoking(binding)} aria-label={`${text("revoke")}: ${binding.role}`}>
                      {text("revoke")}
                    </ReasonedButton>
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </CardBody>
      {granting && <GrantRole person={person} workspaces={workspaces} onClose={() => setGranting(false)} />}
      {revoking && <Revoke person={person} binding={revoking} onClose={() => setRevoking(null)} />}
    </Card>
  );
}

function Revoke({ person, binding, onClose }: { person: Schemas["User"]; binding: Binding; onClose: () => void }) {
  const text = useText(peopleText);
  const toast = useToast();
  const values = { name: person.display_name, role: binding.role };
  const revoke = useWrite<null, unknown>(
    () => api.DELETE("/api/v1/role-bindings/{id}", { params: { path: { id: binding.id } } }),
    ["role-bindings", "me"],
    () => {
      toast(text("revoked", values));
      onClose();
    },
  );
  return (
    <ConfirmDialog title={text("revokeTitle", values)} action={text("revoke")} danger pending={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate(null)} onClose={onClose}>
      {text("revokeBody")}
    </ConfirmDialog>
  );
}
