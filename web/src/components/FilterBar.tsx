import { Button, FormSelect, FormSelectOption, InputGroup, InputGroupText, TextInput, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { useUrl } from "../app/url";
import { useText } from "../messages/catalogue";
import { SearchBox } from "./SearchBox";
import { stateText } from "./stateText";
import { commonText } from "./text";

/** A filter of a list; its value stands in the URL under its name. */
export interface Filter {
  name: string;
  label: string;
  /** Values to choose from; absent for a text. */
  options?: readonly string[];
  /** A moment, chosen in the reader's zone and kept as RFC 3339. */
  moment?: boolean;
  /** What stands there while nothing is chosen; "all" unless given. */
  none?: string;
  /** What the values are states of; `words` when the page has its own. */
  word?: "environment" | "ticket" | "vm" | "cluster" | "template" | "step" | "outcome" | "usable";
  words?: Readonly<Record<string, string>>;
}

/** Filters above a list. A text takes effect with Enter or when it is left. */
export function FilterBar({ filters }: { filters: readonly Filter[] }) {
  const common = useText(commonText);
  const [url, change] = useUrl();
  const active = filters.some(({ name }) => url[name] !== undefined);
  const set = (name: string, value: string) => change({ [name]: value });
  const none = Object.fromEntries(filters.map(({ name }) => [name, undefined]));
  return (
    <Toolbar>
      <ToolbarContent>
        {filters.map((filter) => (
          <ToolbarItem key={filter.name}>
            {filter.moment ? (
              <Moment filter={filter} value={url[filter.name] ?? ""} onChange={(value) => set(filter.name, value)} />
            ) : filter.options ? (
              <Choice filter={filter} value={url[filter.name] ?? ""} onChange={(value) => set(filter.name, value)} />
            ) : (
              <Words filter={filter} value={url[filter.name] ?? ""} onChange={(value) => set(filter.name, value)} />
            )}
          </ToolbarItem>
        ))}
        {active && (
          <ToolbarItem>
            <Button variant="link" onClick={() => change(none)}>
              {common("clearFilters")}
            </Button>
          </ToolbarItem>
        )}
      </ToolbarContent>
    </Toolbar>
  );
}

interface OneProps {
  filter: Filter;
  value: string;
  onChange: (value: string) => void;
}

function Choice({ filter, value, onChange }: OneProps) {
  const common = useText(commonText);
  const states = useText(stateText);
  const word = (option: string) => {
    if (filter.words) return filter.words[option] ?? option;
    if (filter.word === "environment") return common(option === "prod" ? "environment_prod" : "environment_test");
    const key = `${filter.word ?? ""}_${option}`;
    return key in stateText.en ? states(key as keyof (typeof stateText)["en"]) : option;
  };
  return (
    <FormSelect aria-label={filter.label} className="shepherd-filter" value={value} onChange={(_, chosen) => onChange(chosen)}>
      <FormSelectOption value="" label={filter.none ?? common("filterAll", { label: filter.label })} />
      {(filter.options ?? []).map((option) => (
        <FormSelectOption key={option} value={option} label={word(option)} />
      ))}
      {/* What somebody else's link asks for is shown as it is. */}
      {value !== "" && !filter.options?.includes(value) && <FormSelectOption value={value} label={value} />}
    </FormSelect>
  );
}

function Moment({ filter, value, onChange }: OneProps) {
  const at = new Date(value);
  const shown = Number.isNaN(at.getTime()) ? "" : local(at);
  const take = (typed: string) => onChange(typed === "" ? "" : new Date(typed).toISOString());
  return (
    <InputGroup>
      <InputGroupText>{filter.label}</InputGroupText>
      <TextInput type="datetime-local" aria-label={filter.label} value={shown} onChange={(_, typed) => take(typed)} />
    </InputGroup>
  );
}

/** As the browser's control wants it. */
function local(at: Date): string {
  const minutes = at.getTime() - at.getTimezoneOffset() * 60_000;
  return new Date(minutes).toISOString().slice(0, 16);
}

function Words({ filter, value, onChange }: OneProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const done = () => {
    if (typed.trim() !== value) onChange(typed.trim());
  };
  return (
    <SearchBox
      label={filter.label}
      placeholder={filter.label}
      value={typed}
      onChange={setTyped}
      onKeyDown={(event) => event.key === "Enter" && done()}
      className="shepherd-filter"
      onBlur={done}
      onClear={() => {
        setTyped("");
        onChange("");
      }}
    />
  );
}
