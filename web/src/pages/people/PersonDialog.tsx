import { Button, Modal, ModalBody, ModalFooter, ModalVariant } from "@patternfly/react-core";
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
import { firstPassword } from "./password";
import { ShownOnce } from "./ShownOnce";
import { peopleText } from "./text";

/** What a dialog of the page of a person does. */
export type PersonAct = "edit" | "reset" | "disable" | "remove";

interface Props {
  person: Schemas["User"];
  onClose: () => void;
}

/** Asks before a person is changed. */
export function PersonDialog({ act, ...props }: Props & { act: PersonAct }) {
  if (act === "edit") return <Edit {...props} />;
  if (act === "reset") return <Reset {...props} />;
  if (act === "disable") return <Disable {...props} />;
  return <Remove {...props} />;
}

function useUpdate(id: string, onDone: () => void) {
  return useWrite<Schemas["UserUpdate"], Schemas["User"]>(
    (body) => api.PATCH("/api/v1/users/{id}", { params: { path: { id } }, body }),
    ["users"],
    onDone,
  );
}

function Edit({ person, onClose }: Props) {
  const text = useText(peopleText);
  const toast = useToast();
  const [name, setName] = useState(person.display_name);
  const [email, setEmail] = useState(person.email ?? "");
  const update = useUpdate(person.id, () => {
    toast(text("saved"));
    onClose();
  });
  return (
    <ConfirmDialog title={text("editTitle", { name: person.display_name })} action={text("save")} pending={update.isPending} error={update.error} disabled={name.trim() === ""} onConfirm={() => update.mutate({ display_name: name, email: email === "" ? null : email })} onClose={onClose}>
      <div className="pf-v6-c-form">
        <TextField id="display-name" label={text("displayName")} value={name} onChange={setName} problem={fieldProblem(update.error, "/display_name")} maxLength={100} required autoFocus />
        <TextField id="email" type="email" label={text("email")} value={email} onChange={setEmail} problem={fieldProblem(update.error, "/email")} maxLength={255} />
      </div>
    </ConfirmDialog>
  );
}

function Disable({ person, onClose }: Props) {
  const text = useText(peopleText);
  const toast = useToast();
  const name = person.display_name;
  const update = useUpdate(person.id, () => {
    toast(text("disabled", { name }));
    onClose();
  });
  return (
    <ConfirmDialog title={text("disableTitle", { name })} action={text("disable")} danger pending={update.isPending} error={update.error} onConfirm={() => update.mutate({ enabled: false })} onClose={onClose}>
      {text("disableBody")}
    </ConfirmDialog>
  );
}

function Reset({ person, onClose }: Props) {
  const text = useText(peopleText);
  const toast = useToast();
  const name = person.display_name;
  const [password] = useState(firstPassword);
  const reset = useWrite<null, unknown>(
    () => api.POST("/api/v1/users/{id}/password", { params: { path: { id: person.id } }, body: { password } }),
    ["users"],
    () => toast(text("resetDone", { name })),
  );
  if (reset.isSuccess) {
    return (
      <Modal variant={ModalVariant.medium} isOpen aria-label={text("resetDone", { name })}>
        <ModalBody>
          <ShownOnce name={name} username={person.username} password={password} />
        </ModalBody>
        <ModalFooter>
          <Button onClick={onClose}>{text("close")}</Button>
        </ModalFooter>
      </Modal>
    );
  }
  return (
    <ConfirmDialog title={text("resetTitle", { name })} action={text("reset")} danger pending={reset.isPending} error={reset.error} onConfirm={() => reset.mutate(null)} onClose={onClose}>
      {text("resetBody")}
    </ConfirmDialog>
  );
}

function Remove({ person: { id, username, display_name: name }, onClose }: Props) {
  const text = useText(peopleText);
  const toast = useToast();
  const go = useGo();
  const remove = useWrite<null, unknown>(
    () => api.DELETE("/api/v1/users/{id}", { params: { path: { id } } }),
    [],
    () => {
      toast(text("removed", { name }));
      go(paths.people(), { replace: true });
    },
  );
  return (
    <ConfirmDialog title={text("removeTitle", { name })} action={text("remove")} danger pending={remove.isPending} error={remove.error} typed={{ name: username, label: text("typeName", { name: username }) }} onConfirm={() => remove.mutate(null)} onClose={onClose}>
      {text("removeBody")}
    </ConfirmDialog>
  );
}
