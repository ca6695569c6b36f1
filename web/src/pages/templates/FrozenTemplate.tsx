import { Card, CardBody, CardTitle, CodeBlock, CodeBlockCode, Stack, StackItem } from "@patternfly/react-core";
import type { Schemas } from "../../api/client";
import { Facts } from "../../components/Facts";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { sourceLine } from "./draft";
import { templatesText } from "./text";

/** A version that cannot be changed. */
export function FrozenTemplate({ template }: { template: Schemas["Template"] }) {
  const text = useText(templatesText);
  const { description, os_family, os_version, boot_source, cloud_init, created_at, updated_at } = template;
  return (
    <Stack hasGutter>
      <StackItem>
        <Card>
          <CardBody>
            <Facts
              facts={[
                [text("description"), description === "" ? <span className="shepherd-subtle">{text("noDescription")}</span> : <span className="shepherd-pre">{description}</span>],
                [text("os"), `${os_family} ${os_version}`.trim() || "–"],
                [text("kind"), text(boot_source.kind)],
                [text("source"), <span key="source" className="shepherd-mono">{sourceLine(boot_source)}</span>],
                [text("created"), <Time key="created" at={created_at} />],
                [text("changed"), <Time key="changed" at={updated_at} />],
              ]}
            />
          </CardBody>
        </Card>
      </StackItem>
      <StackItem>
        <Card>
          <CardTitle component="h2">{text("cloudInit")}</CardTitle>
          <CardBody>
            {cloud_init ? (
              <CodeBlock>
                <CodeBlockCode>{cloud_init}</CodeBlockCode>
              </CodeBlock>
            ) : (
              <span className="shepherd-subtle">{text("cloudInitNone")}</span>
            )}
          </CardBody>
        </Card>
      </StackItem>
    </Stack>
  );
}
