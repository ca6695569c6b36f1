import { Title } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "../../components/table/Table";
import { Facts } from "../../components/Facts";
import { useText } from "../../messages/catalogue";
import { useStepWords } from "./recordWords";
import { auditText } from "./text";

type Details = Readonly<Record<string, unknown>>;

/** A field as it was and as it is; undefined where it was not there. */
export interface Change {
  field: string;
  before: unknown;
  after: unknown;
}

function isObject(value: unknown): value is Details {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What changed, field by field; fields of both sides that are equal are left out. */
export function changes(details: Details): Change[] {
  const { before, after } = details;
  if (before === undefined && after === undefined) return [];
  if (!isObject(before ?? {}) || !isObject(after ?? {})) return [{ field: "", before, after }];
  const from = (before ?? {}) as Details;
  const to = (after ?? {}) as Details;
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return fields
    .map((field) => ({ field, before: from[field], after: to[field] }))
    .filter((change) => before === undefined || after === undefined || JSON.stringify(change.before) !== JSON.stringify(change.after));
}

/** A value as people read it; what is nested stays JSON. */
function shown(value: unknown): string {
  if (typeof value === "string") return value;
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value, null, 2) : String(value);
}

/** The details of a record: changes as before and after, the rest as pairs. */
export function Changes({ details }: { details: Details }) {
  const text = useText(auditText);
  const step = useStepWords();
  const fieldWords = (key: string) => (`field_${key}` in auditText.en ? text(`field_${key}` as keyof (typeof auditText)["en"]) : key);
  const changed = changes(details);
  const rest = Object.entries(details).filter(([key, value]) => key !== "before" && key !== "after" && value !== null);
  const cell = (value: unknown) =>
    value === undefined || value === null ? (
      <span className="shepherd-subtle">{text("absent")}</span>
    ) : (
      <span className="shepherd-pre shepherd-mono">{shown(value)}</span>
    );
  return (
    <>
      {changed.length > 0 && (
        <>
          <Title headingLevel="h3" size="md" className="pf-v6-u-mb-sm">
            {text("change")}
          </Title>
          <Table aria-label={text("change")} borders={false}>
            <Thead>
              <Tr>
                <Th width={20}>{text("field")}</Th>
                <Th>{text("before")}</Th>
                <Th>{text("after")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {changed.map(({ field, before, after }) => (
                <Tr key={field}>
                  <Td dataLabel={text("field")} className="shepherd-break">
                    {fieldWords(field)}
                  </Td>
                  <Td dataLabel={text("before")}>{cell(before)}</Td>
                  <Td dataLabel={text("after")}>{cell(after)}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        </>
      )}
      {rest.length > 0 && (
        <>
          <Title headingLevel="h3" size="md" className="pf-v6-u-mb-sm">
            {text("more")}
          </Title>
          <Facts facts={rest.map(([key, value]) => [fieldWords(key), cell(key === "step" && typeof value === "string" ? step(value) : value)])} />
        </>
      )}
    </>
  );
}
