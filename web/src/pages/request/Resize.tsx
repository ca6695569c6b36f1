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

/** What the contract takes: cores, and memory in MiB. */
const CORES = { min: 1, max: 512 };
const MEMORY = { min: 64, max: 16_777_216 };

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
      <strong>{text("resized")}</strong>{text("colon")}{words(modified)}
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

/** Resources in place of the size's, as a whole, with the reason that goes with them. Nothing that was typed is dropped: what cannot be stays in its field with the reason, and the dialog stays open. */
export function Resize({ ticket, size, sized, choice: { modified }, reason, onReason, error, onClose }: Props) {
  const text = useText(decideText);
  const [, change] = useUrl();
  const bounds = { min: size.disk.min_gib, max: size.disk.max_gib };
  const asked = askedDisk(ticket) ?? size.disk.default_gib;
  const amounts: Amount[] = [
    { name: "cpu", label: text("cores"), asked: size.cpu_cores, now: modified?.cpu_cores, ...CORES, help: text("bounds", CORES), pointer: "/modified_spec/cpu_cores" },
    { name: "memory", label: text("memory"), asked: size.memory_mib, now: modified?.memory_mib, ...MEMORY, help: text("bounds", MEMORY), pointer: "/modified_spec/memory_mib" },
    ...(sized ? [{ name: "disk" as const, label: text("disk"), asked, now: modified?.disk_gib ?? undefined, ...bounds, help: text("bounds", bounds), pointer: "/modified_spec/disk_gib" }] : []),
  ];
  const [typed, setTyped] = useState(() => Object.fromEntries(amounts.map(({ name, now, asked: was }) => [name, String(now ?? was)])));
  const [tried, setTried] = useState(false);
  const wrong = amounts.find((amount) => !isPossible(amount, typed[amount.name]));
  const kept = amounts.every((amount) => Number(typed[amount.name]) === amount.asked);
  const unexplained = !kept && reason.trim() === "";
  // All at once: a change of the address knows nothing of another that is still under way.
  const applied = kept ? KEPT : Object.fromEntries(amounts.map(({ name }) => [name, String(Number(typed[name]))]));
  const key = wrong ? undefined : JSON.stringify(applied);
  useEffect(() => {
    if (key === undefined) return;
    const timer = window.setTimeout(() => change({ ...KEPT, ...(JSON.parse(key) as Record<string, string>) }), REST);
    return () => window.clearTimeout(timer);
  }, [key, change]);
  const done = () => {
    setTried(true);
    if (wrong) return document.getElementById(`resize-${wrong.name}`)?.focus();
    if (unexplained) return document.getElementById("modification-reason")?.focus();
    change({ ...applied, resize: undefined });
  };
  return (
    <Modal variant={ModalVariant.small} isOpen onClose={onClose} aria-label={text("resize")}>
      <ModalHeader title={text("resize")} description={text("resizeHelp")} />
      <ModalBody>
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            done();
          }}
          id="resize-form"
          noValidate
        >
          <div className="shepherd-three">
            {amounts.map((amount) => {
              const { name, label, help, pointer } = amount;
              const warning = isPossible(amount, typed[name]) ? undefined : text("impossible");
              return <TextField key={name} id={`resize-${name}`} autoFocus={name === "cpu"} type="number" label={label} value={typed[name] ?? ""} onChange={(value) => setTyped({ ...typed, [name]: value })} help={help} warning={warning} problem={fieldProblem(error, pointer)} />;
            })}
          </div>
          {!sized && <p className="shepherd-subtle">{text("noDisk")}</p>}
          {!kept && <AreaField id="modification-reason" label={text("resizeReason")} value={reason} onChange={onReason} required rows={3} maxLength={2048} help={text("resizeReasonNeeded")} warning={tried && unexplained ? text("resizeReasonMissing") : undefined} />}
          {modified && error && <ProblemAlert error={error} shownFields={RESIZED} />}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="resize-form">
          {text("resizeDone")}
        </Button>
        <Button variant="link" onClick={() => change({ ...KEPT, resize: undefined })}>
          {text("keepSize")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

interface Amount {
  /** Parameter of the address. */
  name: "cpu" | "memory" | "disk";
  label: string;
  /** What was asked for. */
  asked: number;
  /** What it was changed to before. */
  now: number | undefined;
  min: number;
  max?: number;
  help: string;
  pointer: string;
}

/** Milliseconds of rest after which typed numbers are previewed. */
const REST = 400;

function isPossible({ min, max }: Amount, typed: string | undefined): boolean {
  const number = Number(typed);
  return typed !== undefined && typed.trim() !== "" && Number.isInteger(number) && number >= min && (max === undefined || number <= max);
}
