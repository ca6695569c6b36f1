import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { AreaField } from "../../components/fields";
import { NameField } from "../../components/NameField";
import { fieldProblem } from "../../components/ProblemAlert";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { systemsText } from "./text";

type Made = Schemas["System"] | Schemas["Service"];

interface CreateProps {
  /** The System that a Service is created in; absent for a System. */
  within?: string;
  onClose: () => void;
  onMade?: (id: string) => void;
}

/** Creates a System, or a Service in one. */
export function Create({ within, onClose, onMade }: CreateProps) {
  const text = useText(systemsText);
  const toast = useToast();
  const [draft, change, clear] = useDraft(within ? `service.${within}` : "system", { name: "", description: "" });
  const create = useWrite<{ name: string; description: string }, Made>(
    (body, once): Promise<{ data?: Made; error?: unknown; response: Response }> =>
      within
        ? api.POST("/api/v1/services", { body: { ...body, system_id: within }, params: { header: once } })
        : api.POST("/api/v1/systems", { body, params: { header: once } }),
    ["systems", "services"],
    ({ id, name, warnings = [] }) => {
      clear();
      if (warnings.length > 0) toast(text("madeLong", { name }), "warning");
      else toast(text("made", { name }));
      onClose();
      onMade?.(id);
    },
  );
  const title = text(within ? "createService" : "createSystem");
  return (
    <ConfirmDialog wide title={title} action={title} pending={create.isPending} error={create.error} disabled={draft.name === ""} onConfirm={() => create.mutate(draft)} onClose={onClose}>
      <div className="pf-v6-c-form">
        <NameField id="name" label={text("name")} value={draft.name} onChange={(name) => change({ name })} problem={fieldProblem(create.error, "/name")} />
        <AreaField id="description" label={text("description")} value={draft.description} onChange={(description) => change({ description })} problem={fieldProblem(create.error, "/description")} maxLength={4096} />
      </div>
    </ConfirmDialog>
  );
}

interface OneProps {
  kind: "system" | "service";
  of: Made;
  onClose: () => void;
}

/** Describes a System or Service. */
export function Describe({ kind, of: { id, name, description: before }, onClose }: OneProps) {
  const text = useText(systemsText);
  const toast = useToast();
  const [description, setDescription] = useState(before);
  const update = useWrite<{ description: string }, Made>(
    (body): Promise<{ data?: Made; error?: unknown; response: Response }> =>
      kind === "system"
        ? api.PATCH("/api/v1/systems/{id}", { params: { path: { id } }, body })
        : api.PATCH("/api/v1/services/{id}", { params: { path: { id } }, body }),
    ["systems", "services"],
    () => {
      toast(text("saved"));
      onClose();
    },
  );
  return (
    <ConfirmDialog wide title={text("editTitle", { name })} action={text("save")} pending={update.isPending} error={update.error} onConfirm={() => update.mutate({ description })} onClose={onClose}>
      <AreaField id="description" label={text("description")} value={description} onChange={setDescription} problem={fieldProblem(update.error, "/description")} maxLength={4096} rows={8} />
    </ConfirmDialog>
  );
}

/** Deletes a System or Service. */
export function Remove({ kind, of: { id, name }, onClose, onRemoved }: OneProps & { onRemoved?: () => void }) {
  const text = useText(systemsText);
  const toast = useToast();
  const system = kind === "system";
  const remove = useWrite<null, unknown>(
    () =>
      system
        ? api.DELETE("/api/v1/systems/{id}", { params: { path: { id }, query: { confirm_name: name } } })
        : api.DELETE("/api/v1/services/{id}", { params: { path: { id }, query: { confirm: true } } }),
    system ? [] : ["services"],
    () => {
      toast(text("removed", { name }));
      onClose();
      onRemoved?.();
    },
  );
  return (
    <ConfirmDialog
      title={text(system ? "removeSystemTitle" : "removeServiceTitle", { name })}
      action={text("remove")}
      danger
      pending={remove.isPending}
      error={remove.error}
      {...(system ? { typed: { name, label: text("typeName", { name }) } } : {})}
      onConfirm={() => remove.mutate(null)}
      onClose={onClose}
    >
      {text(system ? "removeSystemBody" : "removeServiceBody")}
    </ConfirmDialog>
  );
}
