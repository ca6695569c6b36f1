import {
  Button,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  InputGroup,
  InputGroupItem,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { EyeIcon } from "@patternfly/react-icons/dist/esm/icons/eye-icon";
import { EyeSlashIcon } from "@patternfly/react-icons/dist/esm/icons/eye-slash-icon";
import { useState, type ReactNode } from "react";
import type { Schemas } from "../api/client";
import { useLanguage } from "../app/language";
import { useText } from "../messages/catalogue";
import { fieldWords } from "../messages/fields";
import { commonText } from "./text";

interface FieldProps {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
  disabled?: boolean;
  /** What belongs here, in one line. */
  help?: ReactNode;
  /** What the server says about it; see `fieldProblem`. */
  problem?: Schemas["FieldProblem"] | undefined;
  /** What the console itself sees, such as a value out of bounds. */
  warning?: ReactNode;
  autoComplete?: string;
  autoFocus?: boolean;
  maxLength?: number;
}

/** The label, help and problem around any input; `helpId` belongs into its `aria-describedby`. */
export function Field({ id, label, required = false, help, problem, warning, children }: Omit<FieldProps, "value" | "onChange"> & { children: ReactNode }) {
  const { locale } = useLanguage();
  const words = problem ? fieldWords(locale, problem) : warning;
  return (
    <FormGroup label={label} fieldId={id} isRequired={required}>
      {children}
      {(words || help) && (
        <FormHelperText>
          <HelperText id={helpId(id)} isLiveRegion={Boolean(words)}>
            {Boolean(words) && (
              <HelperTextItem variant="error" screenReaderText="">
                {words}
              </HelperTextItem>
            )}
            {help && <HelperTextItem>{help}</HelperTextItem>}
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}

/** Id of the text that explains a field. */
export function helpId(id: string): string {
  return `${id}-help`;
}

function validated({ problem, warning }: Pick<FieldProps, "problem" | "warning">): "error" | "default" {
  return problem || warning ? "error" : "default";
}

/** One line of text; with `digits`, small devices offer digits, and whatever is typed stays to be corrected. */
export function TextField(props: FieldProps & { type?: "text" | "email" | "number" | "datetime-local"; placeholder?: string; digits?: boolean }) {
  const { id, value, onChange, required = false, disabled = false, autoComplete, autoFocus, maxLength, type = "text", placeholder, digits = false } = props;
  return (
    <Field {...props}>
      <TextInput
        id={id}
        type={type}
        value={value}
        onChange={(_, text) => onChange(text)}
        isRequired={required}
        isDisabled={disabled}
        validated={validated(props)}
        aria-describedby={helpId(id)}
        {...(digits ? { inputMode: "numeric" as const } : {})}
        {...(autoComplete ? { autoComplete } : {})}
        {...(autoFocus ? { autoFocus } : {})}
        {...(maxLength ? { maxLength } : {})}
        {...(placeholder ? { placeholder } : {})}
      />
    </Field>
  );
}

/** A password, hidden until asked for. It is never kept as a draft. */
export function PasswordField(props: FieldProps) {
  const { id, label, value, onChange, required = false, autoComplete, autoFocus } = props;
  const text = useText(commonText);
  const [shown, setShown] = useState(false);
  return (
    <Field {...props}>
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            id={id}
            type={shown ? "text" : "password"}
            value={value}
            onChange={(_, typed) => onChange(typed)}
            isRequired={required}
            validated={validated(props)}
            aria-describedby={helpId(id)}
            {...(autoComplete ? { autoComplete } : {})}
            {...(autoFocus ? { autoFocus } : {})}
          />
        </InputGroupItem>
        <InputGroupItem>
          <Button
            variant="control"
            icon={shown ? <EyeSlashIcon /> : <EyeIcon />}
            onClick={() => setShown(!shown)}
            aria-label={text(shown ? "hidePassword" : "showPassword", { label })}
          />
        </InputGroupItem>
      </InputGroup>
    </Field>
  );
}

/** Several lines of text. */
export function AreaField(props: FieldProps & { rows?: number; mono?: boolean }) {
  const { id, value, onChange, required = false, disabled = false, rows = 4, maxLength, autoFocus, mono = false } = props;
  return (
    <Field {...props}>
      <TextArea
        id={id}
        value={value}
        onChange={(_, text) => onChange(text)}
        isRequired={required}
        isDisabled={disabled}
        validated={validated(props)}
        rows={rows}
        resizeOrientation="vertical"
        aria-describedby={helpId(id)}
        className={mono ? "shepherd-mono" : ""}
        {...(maxLength ? { maxLength } : {})}
        {...(autoFocus ? { autoFocus } : {})}
      />
    </Field>
  );
}

/** One of a few. */
export function SelectField(
  props: FieldProps & { options: readonly { value: string; label: string; disabled?: boolean }[]; placeholder?: string },
) {
  const { id, value, onChange, required = false, disabled = false, options, placeholder } = props;
  return (
    <Field {...props}>
      <FormSelect
        id={id}
        value={value}
        onChange={(_, chosen) => onChange(chosen)}
        isRequired={required}
        isDisabled={disabled}
        validated={validated(props)}
        aria-describedby={helpId(id)}
      >
        {placeholder !== undefined && <FormSelectOption value="" label={placeholder} isPlaceholder />}
        {options.map(({ value: key, label, disabled: off = false }) => (
          <FormSelectOption key={key} value={key} label={label} isDisabled={off} />
        ))}
      </FormSelect>
    </Field>
  );
}
