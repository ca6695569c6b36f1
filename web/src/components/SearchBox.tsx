import { Button, TextInputGroup, TextInputGroupMain, TextInputGroupUtilities } from "@patternfly/react-core";
import { SearchIcon } from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { TimesIcon } from "@patternfly/react-icons/dist/esm/icons/times-icon";
import { useRef, type KeyboardEvent } from "react";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";

interface Props {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  onClear: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  onBlur?: () => void;
  className?: string;
}

/** A field to search with. PatternFly's own brings its form of advanced search into the first load of every list. */
export function SearchBox({ label, placeholder, value, onChange, onClear, onKeyDown, onBlur, className }: Props) {
  const common = useText(commonText);
  const input = useRef<HTMLInputElement>(null);
  const clear = () => {
    onClear();
    input.current?.focus();
  };
  return (
    <TextInputGroup {...(className === undefined ? {} : { className })} {...(onKeyDown ? { onKeyDown } : {})} {...(onBlur ? { onBlur } : {})}>
      <TextInputGroupMain
        ref={input}
        icon={<SearchIcon />}
        value={value}
        placeholder={placeholder}
        aria-label={label}
        onChange={(_, text) => onChange(text)}
      />
      {value !== "" && (
        <TextInputGroupUtilities>
          <Button variant="plain" icon={<TimesIcon />} onClick={clear} aria-label={common("clear", { label })} />
        </TextInputGroupUtilities>
      )}
    </TextInputGroup>
  );
}
