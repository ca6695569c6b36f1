import { Card, CardBody, CardTitle } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "../../components/table/Table";
import { useText } from "../../messages/catalogue";
import { vmText } from "./text";

/** Labels of the VM as they stand on the cluster. */
export function Labels({ labels }: { labels: Readonly<Record<string, unknown>> }) {
  const text = useText(vmText);
  const all = Object.entries(labels).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <Card>
      <CardTitle>
        <h2>{text("labels")}</h2>
      </CardTitle>
      <CardBody>
        {all.length === 0 ? (
          text("noLabels")
        ) : (
          <Table aria-label={text("labels")} borders={false}>
            <Thead>
              <Tr>
                <Th width={40}>{text("label")}</Th>
                <Th>{text("value")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {all.map(([name, value]) => (
                <Tr key={name}>
                  <Td dataLabel={text("label")} className="shepherd-mono shepherd-break">
                    {name}
                  </Td>
                  <Td dataLabel={text("value")} className="shepherd-mono shepherd-break">
                    {String(value)}
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </CardBody>
    </Card>
  );
}
