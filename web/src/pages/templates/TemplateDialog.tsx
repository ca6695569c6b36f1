import { api, type Schemas } from "../../api/client";
import { useGo } from "../../app/url";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { templatesText } from "./text";

/** What can be done with a version. */
export type TemplateAct = "activate" | "deprecate" | "archive" | "remove";

const DONE = { activate: "activated", deprecate: "deprecated", archive: "archived", remove: "removed" } as const;

interface Props {
  act: TemplateAct;
  template: Schemas["Template"];
  onClose: () => void;
}

/** Asks before a version changes its state. */
export function TemplateDialog({ act, template: { id, name, version }, onClose }: Props) {
  const text = useText(templatesText);
  const toast = useToast();
  const go = useGo();
  const params = { path: { id } };
  const change = useWrite<null, unknown>(
    (): Promise<{ data?: unknown; error?: unknown; response: Response }> => {
      switch (act) {
        case "activate":
          return api.POST("/api/v1/templates/{id}/activate", { params });
        case "deprecate":
          return api.POST("/api/v1/templates/{id}/deprecate", { params });
        case "archive":
          return api.POST("/api/v1/templates/{id}/archive", { params });
        case "remove":
          return api.DELETE("/api/v1/templates/{id}", { params });
      }
    },
    act === "remove" ? [] : ["templates"],
    () => {
      toast(text(DONE[act], { name, version }));
      onClose();
      if (act === "remove") go(paths.templates(), { replace: true });
    },
  );
  return (
    <ConfirmDialog title={text(`${act}Title`, { name, version })} action={text(act)} danger={act !== "activate"} pending={change.isPending} error={change.error} onConfirm={() => change.mutate(null)} onClose={onClose}>
      {text(`${act}Body`, { name, version })}
    </ConfirmDialog>
  );
}
