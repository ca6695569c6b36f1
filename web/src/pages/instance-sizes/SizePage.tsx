import { ActionGroup, Button, PageSection } from "@patternfly/react-core";
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useRead } from "../../app/read";
import { useMe } from "../../app/session";
import { useGo, usePathParam } from "../../app/url";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { PageHeading } from "../../components/PageHeading";
import { FormProblem } from "../../components/FormProblem";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { useToast } from "../../components/Toasts";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { drafted, sent, type SizeDraft } from "./draft";
import { SHOWN, SizeForm } from "./SizeForm";
import { sizesText } from "./text";

type Size = Schemas["InstanceSize"];

/** An instance size, changed in place. */
export function Page() {
  const id = usePathParam("id");
  const read = useRead<Size>(["instance-sizes", id], (signal) =>
    api.GET("/api/v1/instance-sizes/{id}", { params: { path: { id } }, signal }),
  );
  return <WhenRead read={read}>{(size) => <Shown key={size.id} size={size} />}</WhenRead>;
}

function Shown({ size }: { size: Size }) {
  const text = useText(sizesText);
  const go = useGo();
  const toast = useToast();
  const { id, name, display_name } = size;
  const why = useWhyNotPermitted(useMe().permissions, "platform:instance_size:manage");
  // Only what was typed, so that another's changes stay visible below.
  const [changes, change, discard] = useDraft<Partial<SizeDraft>>(`instance-size.${id}`, {});
  const [dialog, setDialog] = useState<"disable" | "remove" | null>(null);
  const draft = { ...drafted(size), ...changes };
  const body = sent(draft);
  const params = { path: { id } };
  const update = useWrite<Schemas["InstanceSizeUpdate"], Size>(
    (changed) => api.PATCH("/api/v1/instance-sizes/{id}", { params, body: changed }),
    ["instance-sizes"],
    (_, { enabled }) => {
      setDialog(null);
      if (enabled === undefined) discard();
      toast(text(enabled === undefined ? "saved" : enabled ? "enabledNow" : "disabled", { name: display_name }));
    },
  );
  const remove = useWrite<null, unknown>(
    () => api.DELETE("/api/v1/instance-sizes/{id}", { params }),
    [],
    () => {
      toast(text("removed", { name: display_name }));
      go(paths.sizes(), { replace: true });
    },
  );
  const touched = Object.keys(changes).length > 0;
  const ready = body !== undefined && touched && draft.display_name !== "" && !update.isPending;
  const submit = () => {
    if (ready && why === undefined) update.mutate(body);
  };
  const close = () => setDialog(null);
  return (
    <>
      <PageHeading
        title={display_name}
        badge={<StateLabel of="usable" state={size.enabled ? "enabled" : "disabled"} />}
        subtitle={<span className="shepherd-mono">{name}</span>}
        above={[{ label: text("title"), to: paths.sizes() }]}
        actions={
          <>
            <ReasonedButton why={why} variant="secondary" onClick={() => (size.enabled ? setDialog("disable") : update.mutate({ enabled: true }))}>
              {text(size.enabled ? "disable" : "enable")}
            </ReasonedButton>
            <ReasonedButton why={why} variant="secondary" isDanger onClick={() => setDialog("remove")}>
              {text("remove")}
            </ReasonedButton>
          </>
        }
      />
      <PageSection>
        <SizeForm draft={draft} change={change} error={update.error} fresh={false} readOnly={why !== undefined} onSubmit={submit}>
          <FormProblem error={dialog === null ? update.error : null} shownFields={SHOWN} />
          <ActionGroup>
            <ReasonedButton why={why} type="submit" isLoading={update.isPending} isDisabled={!ready}>
              {text("save")}
            </ReasonedButton>
            {touched && (
              <Button variant="link" onClick={discard}>
                {text("discard")}
              </Button>
            )}
          </ActionGroup>
        </SizeForm>
      </PageSection>
      {dialog === "disable" && (
        <ConfirmDialog title={text("disableTitle", { name: display_name })} action={text("disable")} danger pending={update.isPending} error={update.error} onConfirm={() => update.mutate({ enabled: false })} onClose={close}>
          {text("disableBody")}
        </ConfirmDialog>
      )}
      {dialog === "remove" && (
        <ConfirmDialog title={text("removeTitle", { name: display_name })} action={text("remove")} danger pending={remove.isPending} error={remove.error} typed={{ name, label: text("typeName", { name }) }} onConfirm={() => remove.mutate(null)} onClose={close}>
          {text("removeBody")}
        </ConfirmDialog>
      )}
    </>
  );
}
