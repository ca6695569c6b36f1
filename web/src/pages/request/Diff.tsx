import { Content, Icon } from "@patternfly/react-core";
import { NotEqualIcon } from "@patternfly/react-icons/dist/esm/icons/not-equal-icon";
import { Table, Tbody, Td, Th, Thead, Tr } from "../../components/table/Table";
import { useLanguage } from "../../app/language";
import { memory } from "../../components/Size";
import { keepsDisk, type Resources } from "../../components/sizes";
import { useText } from "../../messages/catalogue";
import { askedDisk } from "./choice";
import { requestText } from "./text";
import type { Offer, Ticket } from "./ticket";

interface Props {
  ticket: Ticket;
  offer: Offer;
  /** Whether the reader decides. */
  decides: boolean;
  /** The decider's change, made now or when it was approved. */
  modified: Resources | undefined;
  reason: string | undefined;
  version: number | undefined;
  storageClass: string | undefined;
}

/** The request against the defaults of its template and size, and the decider's change beside it. */
export function Diff({ ticket, offer, decides, modified, reason, version, storageClass }: Props) {
  const text = useText(requestText);
  const { locale } = useLanguage();
  const { template, size } = offer;
  const pending = ticket.state === "PENDING";
  const mine = text(!pending ? "approvedWith" : decides ? "changed" : "changedByOther");
  const same = text(pending && !decides ? "unchangedYet" : "unchanged");
  // A request that ended without an approval got nothing.
  const given = pending || ticket.approval.state === "APPROVED";
  const theirs = text(given ? "notTheirs" : "noneChosen");
  const gib = (amount: number | null | undefined) => (amount == null ? undefined : text("diskOnly", { disk: amount }));
  const mib = (amount: number | undefined) => (amount === undefined ? undefined : memory(locale, amount));
  const rows: readonly (readonly [string, string | undefined, string | undefined, string | undefined])[] = [
    [text("cores"), size && String(size.cpu_cores), size && String(size.cpu_cores), modified && String(modified.cpu_cores)],
    [text("memory"), mib(size?.memory_mib), mib(size?.memory_mib), mib(modified?.memory_mib)],
    ...(keepsDisk(template) ? [[text("disk"), gib(size?.disk.default_gib), gib(askedDisk(ticket)), gib(modified?.disk_gib)] as const] : []),
    [text("templateVersion"), template && String(template.version), template && String(template.version), version === undefined ? undefined : String(version)],
    [text("storageClass"), text("clusterDefault"), theirs, storageClass],
  ];
  return (
    <>
      <Content component="p" className="shepherd-subtle">
        {text("noChange")}
      </Content>
      <Table aria-label={text("diff")}>
        <Thead>
          <Tr>
            <Th width={25}>{text("field")}</Th>
            <Th width={25}>{text("default")}</Th>
            <Th width={25}>{text("asked")}</Th>
            {given && <Th width={25}>{mine}</Th>}
          </Tr>
        </Thead>
        <Tbody>
          {rows.map(([field, standard, asked, changed]) => (
            <Tr key={field}>
              <Th dataLabel={text("field")}>{field}</Th>
              <Td dataLabel={text("default")}>{standard ?? "–"}</Td>
              <Td dataLabel={text("asked")}>
                <Value value={asked} other={asked === theirs ? asked : standard} />
              </Td>
              {given && (
                <Td dataLabel={mine}>
                  {changed === undefined ? (
                    <span className="shepherd-subtle">{same}</span>
                  ) : (
                    <Value value={changed} other={asked} />
                  )}
                </Td>
              )}
            </Tr>
          ))}
        </Tbody>
      </Table>
      {reason !== undefined && reason !== "" && (
        <Content className="pf-v6-u-mt-md">
          <h3>{text("changeReason")}</h3>
          <p className="shepherd-pre" dir="auto">{reason}</p>
        </Content>
      )}
    </>
  );
}

/** A value; marked by word, weight and icon when it is another one. */
function Value({ value, other }: { value: string | undefined; other: string | undefined }) {
  const text = useText(requestText);
  if (value === undefined) return "–";
  if (other === undefined || value === other) return value;
  return (
    <strong>
      <Icon isInline status="warning" title={text("differs")}>
        <NotEqualIcon aria-label={text("differs")} />
      </Icon>{" "}
      {value}
    </strong>
  );
}
