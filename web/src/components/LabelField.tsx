import { useLanguage } from "../app/language";
import { useText } from "../messages/catalogue";
import { problemDetail } from "../messages/details";
import { Refused, type Schemas } from "../api/client";
import { TextField } from "./fields";
import { labelFault } from "./nameFault";
import { nameText } from "./nameText";

interface Props {
  id: string;
  label: string;
  help: string;
  value: string;
  onChange: (value: string) => void;
  problem?: Schemas["FieldProblem"] | undefined;
  /** Whether somebody has tried to send the form: what is missing is told then. */
  tried?: boolean;
  /** What the server has said about the form with the name `refused`. */
  error: Error | null;
  refused?: string | undefined;
}

/** Refusals that are about the name alone. */
const ABOUT_NAME = ["NAME_INVALID", "NAME_TOO_LONG", "ALREADY_EXISTS"];

/** Name of a cluster, template or instance size, and what is wrong with what was typed. */
export function LabelField({ error, refused, tried = false, ...props }: Props) {
  const text = useText(nameText);
  const { locale } = useLanguage();
  const fault = labelFault(props.value);
  const said = fault && text(`name_${fault.why}`, { typed: props.value.trim(), wrong: "", length: 0, maximum: 63, ...fault });
  const about = error instanceof Refused && props.value === refused && ABOUT_NAME.includes(error.problem.code);
  const missing = tried && props.value === "" ? text("name_missing") : undefined;
  return <TextField {...props} warning={said ?? missing ?? (about ? problemDetail(locale, error.problem) : undefined)} maxLength={253} autoComplete="off" required autoFocus />;
}
