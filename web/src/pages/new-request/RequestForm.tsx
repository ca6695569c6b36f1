import { ActionGroup, Button, Form, FormSection } from "@patternfly/react-core";
import { useState, type SyntheticEvent } from "react";
import { api, Refused, type Schemas } from "../../api/client";
import { useGo } from "../../app/url";
import { useWrite } from "../../app/write";
import { CurlButton } from "../../components/CurlButton";
import { AreaField } from "../../components/fields";
import { Link } from "../../components/Link";
import { fieldProblem, ProblemAlert } from "../../components/ProblemAlert";
import { keepsDisk } from "../../components/sizes";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import type { Draft } from "./draft";
import { MachineFields } from "./MachineFields";
import { chosenOf, diskFits, typedGib, type Offer } from "./offer";
import { PurposeFields } from "./PurposeFields";
import { newRequestText } from "./text";

const FIELDS = ["/service_id", "/namespace_id", "/template_id", "/instance_size_id", "/disk_gib", "/reason"];
const REASON_LENGTH = 2_048;
/** From so many characters left the form counts them. */
const COUNTED = 200;

interface Props {
  draft: Draft;
  offer: Offer;
  change: (changes: Partial<Draft>) => void;
  clear: () => void;
}

/** All fields of a request and its submission. */
export function RequestForm({ draft, offer, change, clear }: Props) {
  const text = useText(newRequestText);
  const go = useGo();
  const [tried, setTried] = useState(false);
  const submit = useWrite<Schemas["TicketSubmit"], Schemas["TicketAccepted"]>(
    (body, once) => api.POST("/api/v1/tickets", { params: { header: once }, body }),
    ["tickets", "services"],
    ({ id }) => {
      clear();
      // Going back leads to where one came from, and not to a form that was sent.
      go(paths.request(id), { replace: true });
    },
  );
  const missing = missingOf(draft, offer);
  const body = bodyOf(draft, keepsDisk(chosenOf(draft, offer).template));
  const problem = (pointer: string) =>
    fieldProblem(submit.error, pointer) ??
    (tried && missing.some(([field]) => field === pointer) ? { pointer, code: "REQUIRED", params: {} } : undefined);
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    if (submit.isPending) return;
    setTried(true);
    const [first] = missing;
    if (first) document.getElementById(first[1])?.focus();
    else submit.mutate(body);
  };
  const left = REASON_LENGTH - draft.reason.length;
  const part = { draft, offer, change, problem };
  return (
    <Form onSubmit={send} noValidate>
      <FormSection title={text("purpose")} titleElement="h2">
        <PurposeFields {...part} />
      </FormSection>
      <FormSection title={text("machine")} titleElement="h2">
        <MachineFields {...part} />
      </FormSection>
      <FormSection title={text("why")} titleElement="h2">
        <AreaField
          id="reason"
          label={text("reason")}
          help={left <= COUNTED ? text("left", { left }) : text("reasonHelp")}
          value={draft.reason}
          onChange={(reason) => change({ reason })}
          problem={problem("/reason")}
          maxLength={REASON_LENGTH}
          required
        />
      </FormSection>
      {submit.error && (
        <div ref={intoView}>
          <ProblemAlert error={submit.error} shownFields={FIELDS} more={<WayOut error={submit.error} />} />
        </div>
      )}
      <ActionGroup>
        <Button type="submit" isLoading={submit.isPending} isDisabled={submit.isPending}>
          {text("submit")}
        </Button>
        <Button
          variant="link"
          onClick={() => {
            clear();
            setTried(false);
            submit.reset();
          }}
        >
          {text("discard")}
        </Button>
      </ActionGroup>
      <div>
        <small className="shepherd-subtle">{text("kept")}</small>
        {missing.length === 0 && (
          <div className="pf-v6-u-mt-sm">
            <CurlButton call={{ method: "POST", path: "/api/v1/tickets", body }} />
          </div>
        )}
      </div>
    </Form>
  );
}

function intoView(element: HTMLDivElement | null): void {
  element?.scrollIntoView({ block: "center" });
}

/** Where a refusal leads: to the request that is pending, or to whoever can help. */
function WayOut({ error }: { error: Error }) {
  const text = useText(newRequestText);
  if (!(error instanceof Refused)) return null;
  const { code, params } = error.problem;
  const { ticket_id: pending } = params as { ticket_id?: unknown };
  if (code === "DUPLICATE_PENDING_REQUEST" && typeof pending === "string") {
    return <Link to={paths.request(pending)}>{text("pending")}</Link>;
  }
  return code === "NO_APPROVERS" ? text("askAdmin") : null;
}

/** What still has to be filled in: JSON pointers with the ids of their fields, from the top. */
function missingOf(draft: Draft, offer: Offer): readonly (readonly [pointer: string, field: string])[] {
  const { system, service, namespace, template, size, disk } = chosenOf(draft, offer);
  const all: readonly (readonly [filled: boolean, pointer: string, field: string])[] = [
    [system !== undefined, "/system_id", "system"],
    // Chosen earlier, while the Services are on their way: the server judges it.
    [offer.services ? service !== undefined : draft.service !== "", "/service_id", "service"],
    [namespace !== undefined, "/namespace_id", "namespace"],
    [template !== undefined, "/template_id", "template"],
    [size !== undefined, "/instance_size_id", "size"],
    // The field says itself what is wrong with the number.
    [size === undefined || !keepsDisk(template) || diskFits(disk, size), "", "disk"],
    [draft.reason.trim() !== "", "/reason", "reason"],
  ];
  return all.filter(([filled]) => !filled).map(([, pointer, field]) => [pointer, field]);
}

function bodyOf({ service, namespace, template, size, disk, reason }: Draft, sized: boolean): Schemas["TicketSubmit"] {
  return {
    service_id: service,
    namespace_id: namespace,
    template_id: template,
    instance_size_id: size,
    reason: reason.trim(),
    ...(disk === null || !sized ? {} : { disk_gib: typedGib(disk) }),
  };
}
