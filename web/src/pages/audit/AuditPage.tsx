import { Button, EmptyState, PageSection, Tooltip } from "@patternfly/react-core";
import { DownloadIcon } from "@patternfly/react-icons/dist/esm/icons/download-icon";
import { ListIcon } from "@patternfly/react-icons/dist/esm/icons/list-icon";
import { useMemo } from "react";
import { api, type Schemas } from "../../api/client";
import { useEverything } from "../../app/everything";
import { unreadable, useCursorList } from "../../app/list";
import { useLanguage } from "../../app/language";
import { useMay, useMe } from "../../app/session";
import { useUrl } from "../../app/url";
import { FilterBar } from "../../components/FilterBar";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { DataTable, type Column } from "../../components/table/DataTable";
import { absolute } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { ACTIONS, actionText } from "./actionText";
import { RecordDetail } from "./RecordDetail";
import { isBeginning, useRecordWords, useTypeWords } from "./recordWords";
import { auditText } from "./text";

type Entry = Schemas["AuditRecord"];

const FILTERS = ["action", "actor_id", "resource_type", "resource_id", "outcome", "request_id", "from", "to"] as const;
const TYPES = ["audit", "cluster", "instance_size", "namespace", "notification", "role_binding", "service", "session", "system", "template", "ticket", "user", "vm"];

/** A moment to the second; its zone when pointed at. */
function Moment({ at }: { at: string }) {
  const { locale } = useLanguage();
  const { day, time } = useMemo(
    () => ({ day: new Intl.DateTimeFormat(locale, { dateStyle: "medium" }), time: new Intl.DateTimeFormat(locale, { timeStyle: "medium" }) }),
    [locale],
  );
  const moment = new Date(at);
  return (
    <time dateTime={at} title={absolute(locale, at)}>
      <span className="shepherd-whole">{day.format(moment)}</span> <span className="shepherd-whole shepherd-subtle">{time.format(moment)}</span>
    </time>
  );
}

/** The audit log: filters in the address, every record whole. */
export function Page() {
  const text = useText(auditText);
  const words = useText(actionText);
  const { locale } = useLanguage();
  const [url, change] = useUrl();
  const whyExport = useWhyNotPermitted(useMe().permissions, "audit:export:create");
  const people = useEverything<Schemas["User"]>(
    ["users"],
    (cut, signal) => api.GET("/api/v1/users", { params: { query: cut }, signal }),
    { enabled: useMay("identity:user:read") },
  );
  const given = Object.fromEntries(FILTERS.flatMap((name) => (url[name] === undefined ? [] : [[name, url[name]]])));
  const filters = { ...given, ...(url["platform"] === "true" ? { platform: true } : {}) };
  const list = useCursorList<Entry>(
    ["audit", filters],
    (cut, signal) => api.GET("/api/v1/audit", { params: { query: { ...filters, ...cut } }, signal }),
    // Reading is recorded, so that it is not done by itself while somebody reads on.
    { every: false },
  );
  const search = (values: object) => new URLSearchParams(Object.entries(values).map(([key, value]) => [key, String(value)])).toString();
  const exported = search(filters);
  const name = useRecordWords();
  const typeWords = useTypeWords();
  const columns: readonly Column<Entry, keyof (typeof auditText)["en"]>[] = [
    { label: "when", cell: ({ at }) => <Moment at={at} /> },
    { label: "who", cell: ({ actor }) => actor.name, modifier: "breakWord", width: 15 },
    {
      label: "what",
      cell: name,
      width: 20,
    },
    {
      label: "on",
      cell: ({ resource }) => (
        <>
          <span className="shepherd-break">{resource.name || typeWords(resource.type)}</span>
          <div className="shepherd-subtle shepherd-break">{resource.name ? typeWords(resource.type) : <span className="shepherd-mono">{resource.id}</span>}</div>
        </>
      ),
      width: 30,
    },
    // What has only begun has no result yet.
    { label: "outcome", cell: (record) => (isBeginning(record) ? "–" : <StateLabel of="outcome" state={record.outcome} />) },
    {
      label: "source",
      modifier: "nowrap",
      cell: ({ source }) => {
        const known = (["source_api", "source_ui", "source_worker"] as const).find((key) => key === `source_${source}`);
        return known ? text(known) : source;
      },
    },
  ];
  const names = Object.fromEntries((people.data ?? []).map(({ id, display_name }) => [id, display_name]));
  const clear = () => change({ ...Object.fromEntries([...FILTERS, "platform", "record"].map((each) => [each, undefined])) });
  const shown = !unreadable(list);
  const exportProps = { variant: "secondary", icon: <DownloadIcon /> } as const;
  return (
    <>
      <PageHeading
        title={text("title")}
        subtitle={text("subtitle")}
        actions={
          !shown ? undefined : whyExport === undefined ? (
            <Tooltip content={text("exportNote")}>
              <Button {...exportProps} component="a" href={`/api/v1/audit/export${exported === "" ? "" : `?${exported}`}`} download="audit.jsonl">
                {text("export")}
              </Button>
            </Tooltip>
          ) : (
            <ReasonedButton {...exportProps} why={whyExport}>
              {text("export")}
            </ReasonedButton>
          )
        }
      />
      <PageSection>
        {shown && <FilterBar
          filters={[
            { name: "action", label: text("action"), options: ACTIONS, words: Object.fromEntries(ACTIONS.map((action) => [action, words(action)])) },
            { name: "actor_id", label: text("actor"), ...(people.data ? { options: Object.keys(names), words: names } : {}) },
            { name: "resource_type", label: text("resourceType"), options: TYPES, words: Object.fromEntries(TYPES.map((type) => [type, typeWords(type)])) },
            { name: "outcome", label: text("outcome"), options: ["SUCCEEDED", "REFUSED", "FAILED"], word: "outcome" },
            { name: "from", label: text("from"), moment: true },
            { name: "to", label: text("to"), moment: true },
            { name: "resource_id", label: text("resourceId") },
            { name: "request_id", label: text("requestId") },
            { name: "platform", label: text("platform"), options: ["true"], words: { true: text("platformRecords") }, none: text("tenantRecords") },
          ]}
        />}
        {shown && <p className="shepherd-subtle pf-v6-u-mb-md">{text("searched")}</p>}
        <DataTable
          label={text("title")}
          texts={auditText}
          columns={columns}
          list={list}
          id={({ id }) => id}
          detail={{
            open: url["record"],
            toggle: ({ id }) => change({ record: url["record"] === id ? undefined : id }),
            content: (record) => <RecordDetail record={record} />,
            label: (record) => text("open", { action: name(record), time: absolute(locale, record.at) }),
          }}
          call={{ path: `/api/v1/audit${exported === "" ? "" : `?${exported}`}` }}
          filtered={{ active: Object.keys(filters).length > 0, clear }}
          empty={<EmptyState icon={ListIcon} titleText={text("none")} headingLevel="h2" />}
        />
      </PageSection>
    </>
  );
}
