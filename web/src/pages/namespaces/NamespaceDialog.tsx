import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { AreaField, SelectField } from "../../components/fields";
import { NameField } from "../../components/NameField";
import { fieldProblem } from "../../components/ProblemAlert";
import { commonText } from "../../components/text";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { namespacesText } from "./text";

type Namespace = Schemas["Namespace"];

/** Creates a namespace. */
export function CreateNamespace({ onClose }: { onClose: () => void }) {
  const text = useText(namespacesText);
  const common = useText(commonText);
  const toast = useToast();
  const [draft, change, clear] = useDraft("namespace", { name: "", environment: "", description: "" });
  const create = useWrite<Schemas["NamespaceCreate"], Namespace>(
    (body, once) => api.POST("/api/v1/namespaces", { body, params: { header: once } }),
    ["namespaces"],
    ({ name, warnings = [] }) => {
      clear();
      if (warnings.length > 0) toast(text("createdLong", { name }), "warning");
      else toast(text("created", { name }));
      onClose();
    },
  );
  const problem = (pointer: string) => fieldProblem(create.error, pointer);
  return (
    <ConfirmDialog wide title={text("create")} action={text("create")} pending={create.isPending} error={create.error} disabled={draft.name === "" || draft.environment === ""} onConfirm={() => create.mutate(draft)} onClose={onClose}>
      <div className="pf-v6-c-form">
        <NameField id="name" label={text("name")} value={draft.name} onChange={(name) => change({ name })} problem={problem("/name")} />
        <SelectField
          id="environment"
          label={text("environment")}
          help={text("environmentHelp")}
          value={draft.environment}
          onChange={(environment) => change({ environment })}
          problem={problem("/environment")}
          placeholder={text("choose")}
          options={[
            { value: "test", label: common("environment_test") },
            { value: "prod", label: common("environment_prod") },
          ]}
          required
        />
        <AreaField id="description" label={text("description")} value={draft.description} onChange={(description) => change({ description })} problem={problem("/description")} maxLength={512} />
      </div>
    </ConfirmDialog>
  );
}

/** Changes, disables or deletes a namespace. */
export function NamespaceDialog({ act, namespace, onClose }: { act: "edit" | "disable" | "remove"; namespace: Namespace; onClose: () => void }) {
  const text = useText(namespacesText);
  const toast = useToast();
  const { id, name } = namespace;
  const [description, setDescription] = useState(namespace.description);
  const update = useWrite<Schemas["NamespaceUpdate"], Namespace>(
    (body) => api.PATCH("/api/v1/namespaces/{id}", { params: { path: { id } }, body }),
    ["namespaces"],
    (_, { enabled }) => {
      toast(enabled === false ? text("disabled", { name }) : text("saved"));
      onClose();
    },
  );
  const remove = useWrite<null, unknown>(
    () => api.DELETE("/api/v1/namespaces/{id}", { params: { path: { id }, query: { confirm_name: name } } }),
    ["namespaces"],
    () => {
      toast(text("removed", { name }));
      onClose();
    },
  );
  if (act === "edit") {
    return (
      <ConfirmDialog title={text("editTitle", { name })} action={text("save")} pending={update.isPending} error={update.error} onConfirm={() => update.mutate({ description })} onClose={onClose}>
        <AreaField id="description" label={text("description")} value={description} onChange={setDescription} problem={fieldProblem(update.error, "/description")} maxLength={512} />
      </ConfirmDialog>
    );
  }
  if (act === "disable") {
    return (
      <ConfirmDialog title={text("disableTitle", { name })} action={text("disable")} danger pending={update.isPending} error={update.error} onConfirm={() => update.mutate({ enabled: false })} onClose={onClose}>
        {text("disableBody")}
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog title={text("removeTitle", { name })} action={text("remove")} danger pending={remove.isPending} error={remove.error} typed={{ name, label: text("typeName", { name }) }} onConfirm={() => remove.mutate(null)} onClose={onClose}>
      {text("removeBody")}
    </ConfirmDialog>
  );
}
