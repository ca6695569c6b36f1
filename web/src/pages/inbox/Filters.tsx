import {
  Button,
  FormSelect,
  FormSelectOption,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from "@patternfly/react-core";
import { TimesIcon } from "@patternfly/react-icons/dist/esm/icons/times-icon";
import { useEffect, useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useEverything } from "../../app/everything";
import { useUrl } from "../../app/url";
import { SearchBox } from "../../components/SearchBox";
import { stateText } from "../../components/stateText";
import { useText } from "../../messages/catalogue";
import { FILTERS, STATES, type Tab } from "./query";
import { inboxText } from "./text";

/** Milliseconds of rest after which typed text is searched for. */
const REST = 300;

/** What narrows the list; all of it stands in the address, so that a link shows the same. */
export function Filters({ tab, requester }: { tab: Tab; requester: string | undefined }) {
  const text = useText(inboxText);
  const states = useText(stateText);
  const [url, change] = useUrl();
  const systems = useEverything<Schemas["System"]>(["systems"], (query, signal) =>
    api.GET("/api/v1/systems", { params: { query }, signal }),
  );
  const namespaces = useEverything<Schemas["Namespace"]>(["namespaces"], (query, signal) =>
    api.GET("/api/v1/namespaces", { params: { query }, signal }),
  );
  const system = url["system_id"];
  const services = useEverything<Schemas["Service"]>(
    ["services", system],
    (query, signal) => api.GET("/api/v1/services", { params: { query: { ...query, system_id: system ?? "" } }, signal }),
    { enabled: system !== undefined },
  );
  const filter = (changes: Record<string, string | undefined>) => change(changes);
  const active = FILTERS.some((name) => url[name] !== undefined);
  return (
    <Toolbar className="pf-v6-u-pt-md">
      <ToolbarContent>
        <ToolbarItem>
          <Search value={url["q"] ?? ""} onSearch={(q) => filter({ q })} />
        </ToolbarItem>
        <ToolbarItem>
          <Pick label={text("system")} any={text("anySystem")} value={system} of={systems.data} onPick={(id) => filter({ system_id: id, service_id: undefined })} />
        </ToolbarItem>
        {system !== undefined && (
          <ToolbarItem>
            <Pick label={text("service")} any={text("anyService")} value={url["service_id"]} of={services.data} onPick={(id) => filter({ service_id: id })} />
          </ToolbarItem>
        )}
        <ToolbarItem>
          <Pick label={text("namespace")} any={text("anyNamespace")} value={url["namespace_id"]} of={namespaces.data} onPick={(id) => filter({ namespace_id: id })} />
        </ToolbarItem>
        {tab === "all" && (
          <ToolbarItem>
            <Pick
              label={text("state")}
              any={text("anyState")}
              value={url["state"]}
              of={STATES.map((state) => ({ id: state, name: states(`ticket_${state}`) }))}
              onPick={(state) => filter({ state })}
            />
          </ToolbarItem>
        )}
        {url["requester_id"] !== undefined && (
          <ToolbarItem alignSelf="center">
            <Button variant="secondary" size="sm" icon={<TimesIcon />} iconPosition="end" onClick={() => filter({ requester_id: undefined })} aria-label={text("anyRequester", { name: requester ?? url["requester_id"] })}>
              {text("requester")}: {requester ?? url["requester_id"]}
            </Button>
          </ToolbarItem>
        )}
        {active && (
          <ToolbarItem>
            <Button variant="link" onClick={() => filter(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}>
              {text("clear")}
            </Button>
          </ToolbarItem>
        )}
      </ToolbarContent>
    </Toolbar>
  );
}

/** Searches once typing rests, so that not every letter is a question to the server. */
function Search({ value, onSearch }: { value: string; onSearch: (text: string) => void }) {
  const text = useText(inboxText);
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    // The address changed by itself: the back button, or cleared filters.
    setSeen(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = window.setTimeout(() => onSearch(typed), REST);
    return () => window.clearTimeout(timer);
    // `onSearch` is new with every render and says the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed, value]);
  return (
    <SearchBox
      label={text("search")}
      placeholder={text("search")}
      value={typed}
      onChange={(entered) => setTyped(entered.slice(0, 200))}
      onClear={() => setTyped("")}
    />
  );
}

interface PickProps {
  label: string;
  /** Says that nothing is picked. */
  any: string;
  value: string | undefined;
  of: readonly { id: string; name: string }[] | undefined;
  onPick: (id: string | undefined) => void;
}

function Pick({ label, any, value = "", of = [], onPick }: PickProps) {
  return (
    <FormSelect aria-label={label} className="shepherd-filter" value={value} onChange={(_, id) => onPick(id === "" ? undefined : id)}>
      <FormSelectOption value="" label={any} />
      {of.map(({ id, name }) => (
        <FormSelectOption key={id} value={id} label={name} />
      ))}
    </FormSelect>
  );
}
