import { Button, Flex, Form, Modal, ModalBody, ModalFooter, ModalHeader, ModalVariant } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import type { Schemas } from "../../api/client";
import { useUrl } from "../../app/url";
import { AreaField, TextField } from "../../components/fields";
import { fieldProblem, ProblemAlert } from "../../components/ProblemAlert";
import { useSizeWords } from "../../components/Size";
import { useText } from "../../messages/catalogue";
import { askedDisk, type Choice } from "./choice";
import { decideText } from "./decideText";
import type { Ticket } from "./ticket";

/** Where the server's problems with changed resources are shown. */
export const RESIZED = ["/modified_spec/cpu_cores", "/modified_spec/memory_mib", "/modified_spec/disk_gib"];

const KEPT = { cpu: undefined, memory: undefined, disk: undefined };

/** In the panel: what was changed and why in two lines, so that the checks below stay in view. */
export function Changed({ choice: { modified }, reason }: { choice: Choice; reason: string }) {
  const text = useText(decideText);
  const words = useSizeWords();
  const [, change] = useUrl();
  const edit = () => change({ resize: "1" }, { push: true });
  if (!modified) {
    return (
      <div>
        <Button variant="link" isInline onClick={edit}>
          {text("resize")}
        </Button>
      </div>
    );
  }
  return (
    <div className="pf-v6-u-font-size-sm">
      <strong>{text("resized")}</strong>: {words(modified)}
      <div className="shepherd-subtle shepherd-lines shepherd-break" dir="auto">
        {reason.trim() === "" ? text("resizeReasonNeeded") : reason}
      </div>
      <Flex columnGap={{ default: "columnGapMd" }}>
        <Button variant="link" isInline onClick={edit}>
          {text("resizeAgain")}
        </Button>
        <Button variant="link" isInline onClick={() => change(KEPT)}>
          {text("keepSize")}
        </Button>
      </Flex>
    </div>
  );
}

interface Props {
  ticket: Ticket;
  size: Schemas["InstanceSize"];
  /** Whether the VM has a disk of its own. */
  sized: boolean;
  choice: Choice;
  reason: string;
  onReason: (reason: string) => void;
  /** What the server says about the preview. */
  error: Error | null;
  onClose: () => void;
}

/** Resources in place of the size's, as a whole, with the reason that goes with them. */
export function Resize({ ticket, size, sized, choice: { modified }, reason, onReason, error, onClose }: Props) {
  const text = useText(decideText);
  const [, change] = useUrl();
  const disk = modified?.disk_gib ?? askedDisk(ticket) ?? size.disk.default_gib;
  const bounds = { min: size.disk.min_gib, max: size.disk.max_gib };
  return (
    <Modal variant={ModalVariant.small} isOpen onClose={onClose} aria-label={text("resize")}>
      <ModalHeader title={text("resize")} description={text("resizeHelp")} />
      <ModalBody>
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            onClose();
          }}
          id="resize-form"
        >
          <div className="shepherd-three">
            <Amount name="cpu" label={text("cores")} value={modified?.cpu_cores ?? size.cpu_cores} min={1} help={text("atLeast", { min: 1 })} problem={fieldProblem(error, "/modified_spec/cpu_cores")} />
            <Amount name="memory" label={text("memory")} value={modified?.memory_mib ?? size.memory_mib} min={64} help={text("atLeast", { min: 64 })} problem={fieldProblem(error, "/modified_spec/memory_mib")} />
            {sized && <Amount name="disk" label={text("disk")} value={disk} {...bounds} help={text("bounds", bounds)} problem={fieldProblem(error, "/modified_spec/disk_gib")} />}
          </div>
          {!sized && <p className="shepherd-subtle">{text("noDisk")}</p>}
          {modified && <AreaField id="modification-reason" label={text("resizeReason")} value={reason} onChange={onReason} required rows={3} maxLength={2048} help={text("resizeReasonNeeded")} />}
          {modified && error && <ProblemAlert error={error} shownFields={RESIZED} />}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="resize-form">
          {text("resizeDone")}
        </Button>
        {modified && (
          <Button variant="link" onClick={() => change({ ...KEPT, resize: undefined })}>
            {text("keepSize")}
          </Button>
        )}
      </ModalFooter>
    </Modal>
  );
}

interface AmountProps {
  /** Parameter of the address. */
  name: "cpu" | "memory" | "disk";
  label: string;
  value: number;
  min: number;
  max?: number;
  help: string;
  problem: Schemas["FieldProblem"] | undefined;
}

/** Milliseconds of rest after which a typed number is previewed. */
const REST = 400;

/** A number that goes into the address once typing rests and it is possible. */
function Amount({ name, label, value, min, max, help, problem }: AmountProps) {
  const text = useText(decideText);
  const [, change] = useUrl();
  const [typed, setTyped] = useState(String(value));
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setTyped(String(value));
  }
  const number = Number(typed);
  const possible = Number.isInteger(number) && number >= min && (max === undefined || number <= max);
  useEffect(() => {
    if (!possible || number === value) return;
    const timer = window.setTimeout(() => change({ [name]: String(number) }), REST);
    return () => window.clearTimeout(timer);
  }, [possible, number, value, name, change]);
  const warning = possible ? undefined : max === undefined ? help : text("outOfBounds", { min, max });
  return <TextField id={`resize-${name}`} autoFocus={name === "cpu"} type="number" label={label} value={typed} onChange={setTyped} help={warning === undefined ? help : undefined} warning={warning} problem={problem} />;
}
