import {
  Button,
  MenuToggle,
  Select,
  SelectList,
  SelectOption,
  TextInputGroup,
  TextInputGroupMain,
  TextInputGroupUtilities,
  type MenuToggleElement,
} from "@patternfly/react-core";
import { TimesIcon } from "@patternfly/react-icons/dist/esm/icons/times-icon";
import { useState, type KeyboardEvent, type ReactNode, type Ref } from "react";
import type { Schemas } from "../api/client";
import { useText } from "../messages/catalogue";
import { Field, helpId } from "./fields";
import { commonText } from "./text";

/** One of many, as a combo box shows it. */
export interface Choice {
  value: string;
  label: string;
  description?: string | undefined;
  /** Why it cannot be chosen; shown in place of its description. */
  why?: string | undefined;
}

interface Props {
  id: string;
  label: string;
  /** Value of what is chosen; empty when nothing is. */
  value: string;
  choices: readonly Choice[];
  onChange: (value: string) => void;
  placeholder: string;
  /** The choices are on their way: nothing is offered in their place, and least of all to make what may be among them. */
  loading?: boolean;
  /** Shown when nothing matches what was typed. */
  none: string;
  required?: boolean;
  disabled?: boolean;
  help?: ReactNode;
  problem?: Schemas["FieldProblem"] | undefined;
  /** An entry below the others that makes a new one from what was typed. */
  create?: { label: (typed: string) => string; onCreate: (typed: string) => void; why?: string | undefined };
}

/** Entries shown at once; whoever has more types a part of the name. */
const SHOWN = 50;
const CREATE = "\u0000create";

/** One of many, found by typing a part of its name. */
export function ComboField(props: Props) {
  const { id, label, value, choices, onChange, placeholder, none, required = false, disabled = false, loading = false, help, problem } = props;
  const create = loading ? undefined : props.create;
  const common = useText(commonText);
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const chosen = choices.find((choice) => choice.value === value);
  const needle = (typed ?? "").trim().toLowerCase();
  const matching = choices.filter((choice) => `${choice.label}\n${choice.description ?? ""}`.toLowerCase().includes(needle)).slice(0, SHOWN);
  const entries: readonly Choice[] = create
    ? [...matching, { value: CREATE, label: create.label((typed ?? "").trim()), why: create.why }]
    : matching;
  const close = () => {
    setOpen(false);
    setTyped(null);
    setActive(0);
  };
  const choose = (picked: string | undefined) => {
    const entry = entries.find((each) => each.value === picked);
    if (!entry || entry.why !== undefined) return;
    if (entry.value === CREATE) create?.onCreate((typed ?? "").trim());
    else onChange(entry.value);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (!open) setOpen(true);
      else setActive((at) => (at + step + entries.length) % Math.max(entries.length, 1));
    } else if (event.key === "Enter") {
      // Enter in an open list chooses and must not send the form.
      event.preventDefault();
      if (open) choose(entries[active]?.value);
      else setOpen(true);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      close();
    }
  };
  const toggle = (ref: Ref<MenuToggleElement>) => (
    <MenuToggle
      innerRef={ref}
      variant="typeahead"
      isExpanded={open}
      isFullWidth
      isDisabled={disabled}
      onClick={() => (open ? close() : setOpen(true))}
      aria-label={label}
      {...(problem ? { status: "danger" as const } : {})}
    >
      <TextInputGroup isPlain isDisabled={disabled}>
        <TextInputGroupMain
          inputId={id}
          value={typed ?? chosen?.label ?? ""}
          placeholder={loading ? common("loading") : placeholder}
          autoComplete="off"
          aria-label={label}
          role="combobox"
          isExpanded={open}
          aria-controls={`${id}-list`}
          inputProps={{ "aria-describedby": helpId(id), "aria-required": required }}
          {...(open && entries[active] ? { "aria-activedescendant": `${id}-${active}` } : {})}
          onClick={() => setOpen(true)}
          onChange={(_, text) => {
            setTyped(text);
            setActive(0);
            setOpen(true);
          }}
          onBlur={() => (open ? undefined : setTyped(null))}
          onKeyDown={onKeyDown}
        />
        {value !== "" && !disabled && (
          <TextInputGroupUtilities>
            <Button variant="plain" icon={<TimesIcon />} onClick={() => onChange("")} aria-label={common("clear", { label })} />
          </TextInputGroupUtilities>
        )}
      </TextInputGroup>
    </MenuToggle>
  );
  return (
    <Field id={id} label={label} required={required} help={help} problem={problem}>
      <Select
        isOpen={open}
        selected={value}
        onSelect={(_, picked) => choose(typeof picked === "string" ? picked : undefined)}
        onOpenChange={(next) => (next ? setOpen(true) : close())}
        shouldFocusFirstItemOnOpen={false}
        isScrollable
        variant="typeahead"
        popperProps={{ appendTo: "inline" }}
        toggle={toggle}
      >
        <SelectList id={`${id}-list`} aria-label={label}>
          {matching.length === 0 && !create && <SelectOption isDisabled>{loading ? common("loading") : none}</SelectOption>}
          {entries.map((entry, index) => (
            <SelectOption
              key={entry.value}
              id={`${id}-${index}`}
              value={entry.value}
              isFocused={index === active}
              isAriaDisabled={entry.why !== undefined}
              description={entry.why ?? entry.description}
            >
              <span className="shepherd-break">{entry.label}</span>
            </SelectOption>
          ))}
        </SelectList>
      </Select>
    </Field>
  );
}
