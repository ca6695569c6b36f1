import type { Schemas } from "../api/client";
import { useText } from "../messages/catalogue";
import { TextField } from "./fields";
import { commonText } from "./text";

interface Props {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  problem?: Schemas["FieldProblem"] | undefined;
}

/** Characters from which the server warns about a name. */
const LONG = 12;

/** Name of a System, Service or namespace, with the rules that it must meet. */
export function NameField(props: Props) {
  const text = useText(commonText);
  const { value } = props;
  return <TextField {...props} help={text(value.length > LONG ? "nameLong" : "nameRule")} maxLength={253} required autoFocus />;
}
