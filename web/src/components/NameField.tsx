import type { Schemas } from "../api/client";
import { useText } from "../messages/catalogue";
import { TextField } from "./fields";
import { nameFault } from "./nameFault";
import { nameText } from "./nameText";

interface Props {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  problem?: Schemas["FieldProblem"] | undefined;
  /** What the server has said about this very name. */
  refusal?: string | undefined;
}

/** Characters from which the server warns about a name. */
const LONG = 12;

/** Name of a System, Service or namespace: the rule, and what is wrong with what was typed. */
export function NameField({ refusal, ...props }: Props) {
  const text = useText(nameText);
  const { value } = props;
  const fault = nameFault(value);
  const said = fault && text(`name_${fault.why}`, { typed: value.trim(), wrong: "", length: 0, maximum: 15, ...fault });
  return (
    <TextField
      {...props}
      help={text(fault === undefined && value.length > LONG ? "nameLong" : "nameRule")}
      warning={said ?? refusal}
      maxLength={253}
      autoComplete="off"
      required
      autoFocus
    />
  );
}
