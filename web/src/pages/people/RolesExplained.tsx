import { ExpandableSection, Label, LabelGroup } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "../../components/table/Table";
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { useText } from "../../messages/catalogue";
import { peopleText } from "./text";

/** Reads the built-in roles; they change with releases only. */
export function useRoles(): readonly Schemas["Role"][] {
  const roles = useRead<Schemas["RoleList"]>(["roles"], (signal) => api.GET("/api/v1/roles", { signal }), { every: false });
  return roles.data?.items ?? [];
}

/** What a role is for, in a sentence. */
export function useRoleWords(): (name: string) => string {
  const text = useText(peopleText);
  return (name) => {
    const key = `about_${name}`;
    return key in peopleText.en ? text(key as keyof (typeof peopleText)["en"]) : text("about_OTHER");
  };
}

/** Permissions of a role, as the server has them. */
export function Permissions({ permissions }: { permissions: readonly string[] }) {
  return (
    <LabelGroup numLabels={30}>
      {permissions.map((permission) => (
        <Label key={permission} isCompact variant="outline" className="shepherd-mono">
          {permission}
        </Label>
      ))}
    </LabelGroup>
  );
}

/** Every role with what it may do. */
export function RolesExplained() {
  const text = useText(peopleText);
  const words = useRoleWords();
  const roles = useRoles();
  const [open, setOpen] = useState(false);
  return (
    <ExpandableSection toggleText={text("whatRolesMay")} isExpanded={open} onToggle={(_, expanded) => setOpen(expanded)}>
      <Table aria-label={text("whatRolesMay")}>
        <Thead>
          <Tr>
            <Th width={20}>{text("role")}</Th>
            <Th width={15}>{text("scope")}</Th>
            <Th>{text("whatRolesMay")}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {roles.map(({ name, scope, permissions }) => (
            <Tr key={name}>
              <Td dataLabel={text("role")}>
                <strong>{name}</strong>
                <div className="shepherd-subtle">{words(name)}</div>
              </Td>
              <Td dataLabel={text("scope")}>{scopeKey(scope) ? text(scopeKey(scope) ?? "scope_tenant") : scope}</Td>
              <Td dataLabel={text("whatRolesMay")}>
                <Permissions permissions={permissions} />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </ExpandableSection>
  );
}

function scopeKey(scope: string): "scope_platform" | "scope_tenant" | "scope_workspace" | undefined {
  return (["scope_platform", "scope_tenant", "scope_workspace"] as const).find((key) => key === `scope_${scope}`);
}
