import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useGo } from "../../app/url";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { TextField } from "../../components/fields";
import { fieldProblem } from "../../components/ProblemAlert";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { KubeconfigField } from "./KubeconfigField";
import { clustersText } from "./text";

/** What a dialog of the cluster page does. */
export type ClusterAct = "edit" | "rotate" | "disable" | "remove";

interface Props {
  act: ClusterAct;
  cluster: Schemas["Cluster"];
  onClose: () => void;
  onRotated: () => void;
}

/** Asks before a cluster is changed. */
export function ClusterDialog({ act, cluster, onClose, onRotated }: Props) {
  const text = useText(clustersText);
  const toast = useToast();
  const go = useGo();
  const { id, name, display_name } = cluster;
  const [title, setTitle] = useState(display_name);
  const [kubeconfig, setKubeconfig] = useState("");
  const done = (words: string) => () => {
    toast(words);
    onClose();
  };
  const params = { path: { id } };
  const update = useWrite<Schemas["ClusterUpdate"], Schemas["Cluster"]>(
    (body) => api.PATCH("/api/v1/clusters/{id}", { params, body }),
    ["clusters"],
    (_, { enabled }) => done(enabled === false ? text("disabled", { name: display_name }) : text("saved"))(),
  );
  const rotate = useWrite<Schemas["ClusterRotate"], Schemas["Cluster"]>(
    (body) => api.POST("/api/v1/clusters/{id}/rotate", { params, body }),
    ["clusters"],
    () => {
      onRotated();
      done(text("rotated"))();
    },
  );
  const remove = useWrite<null, unknown>(
    () => api.DELETE("/api/v1/clusters/{id}", { params }),
    [],
    () => {
      done(text("removed", { name: display_name }))();
      go(paths.clusters(), { replace: true });
    },
  );
  switch (act) {
    case "edit":
      return (
        <ConfirmDialog title={text("editTitle", { name })} action={text("save")} pending={update.isPending} error={update.error} disabled={title.trim() === ""} onConfirm={() => update.mutate({ display_name: title })} onClose={onClose}>
          <TextField id="display-name" label={text("displayName")} value={title} onChange={setTitle} problem={fieldProblem(update.error, "/display_name")} maxLength={100} required autoFocus />
        </ConfirmDialog>
      );
    case "rotate":
      return (
        <ConfirmDialog wide title={text("rotateTitle", { name: display_name })} action={text("rotate")} pending={rotate.isPending} error={rotate.error} disabled={kubeconfig === ""} onConfirm={() => rotate.mutate({ kubeconfig })} onClose={onClose}>
          <p className="pf-v6-u-mb-md">{text("rotateBody")}</p>
          <KubeconfigField value={kubeconfig} onChange={setKubeconfig} error={rotate.error} />
        </ConfirmDialog>
      );
    case "disable":
      return (
        <ConfirmDialog title={text("disableTitle", { name: display_name })} action={text("disable")} danger pending={update.isPending} error={update.error} onConfirm={() => update.mutate({ enabled: false })} onClose={onClose}>
          {text("disableBody")}
        </ConfirmDialog>
      );
    case "remove":
      return (
        <ConfirmDialog title={text("removeTitle", { name: display_name })} action={text("remove")} danger pending={remove.isPending} error={remove.error} typed={{ name, label: text("typeName", { name }) }} onConfirm={() => remove.mutate(null)} onClose={onClose}>
          {text("removeBody")}
        </ConfirmDialog>
      );
  }
}
