import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useMe } from "../../app/session";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { SelectField } from "../../components/fields";
import { fieldProblem } from "../../components/ProblemAlert";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { Permissions, useRoles, useRoleWords } from "./RolesExplained";
import { peopleText } from "./text";

const PLATFORM = "platform:role:grant";

interface Props {
  person: Schemas["User"];
  workspaces: readonly Schemas["Workspace"][];
  onClose: () => void;
}

/** Grants a role, after showing what it may do. */
export function GrantRole({ person, workspaces, onClose }: Props) {
  const text = useText(peopleText);
  const toast = useToast();
  const words = useRoleWords();
  const roles = useRoles();
  const { permissions } = useMe();
  const [name, setName] = useState("");
  const [workspace, setWorkspace] = useState("");
  const role = roles.find((each) => each.name === name);
  const scoped = role?.scope === "workspace";
  const lacking = role?.scope === "platform" && !permissions.includes(PLATFORM);
  const grant = useWrite<Schemas["RoleBindingCreate"], Schemas["RoleBinding"]>(
    (body, once) => api.POST("/api/v1/role-bindings", { body, params: { header: once } }),
    ["role-bindings"],
    (made) => {
      toast(text("granted", { name: person.display_name, role: made.role }));
      onClose();
    },
  );
  const submit = () =>
    grant.mutate({ principal_id: person.id, role: name, ...(scoped && workspace !== "" ? { workspace_id: workspace } : {}) });
  return (
    <ConfirmDialog wide title={text("grantTitle", { name: person.display_name })} action={text("grant")} pending={grant.isPending} error={grant.error} disabled={role === undefined || lacking} onConfirm={submit} onClose={onClose}>
      <div className="pf-v6-c-form">
        <SelectField
          id="role"
          label={text("role")}
          value={name}
          onChange={setName}
          placeholder={text("chooseRole")}
          help={role && words(role.name)}
          problem={fieldProblem(grant.error, "/role")}
          warning={lacking ? text("needsPlatform", { permission: PLATFORM }) : undefined}
          options={roles.map((each) => ({ value: each.name, label: each.name }))}
          required
        />
        {scoped && (
          <SelectField
            id="scope"
            label={text("scope")}
            value={workspace}
            onChange={setWorkspace}
            problem={fieldProblem(grant.error, "/workspace_id")}
            options={[
              { value: "", label: text("wholeTenant") },
              ...workspaces.map((each) => ({ value: each.id, label: text("workspace", { name: each.name }) })),
            ]}
          />
        )}
        {role && (
          <div>
            <p className="pf-v6-u-mb-sm">{text("may", { role: role.name })}</p>
            <Permissions permissions={role.permissions} />
          </div>
        )}
      </div>
    </ConfirmDialog>
  );
}
