import { Alert, ClipboardCopy, Content } from "@patternfly/react-core";
import { useText } from "../../messages/catalogue";
import { peopleText } from "./text";

/** A password that was just set for somebody else, shown this one time. */
export function ShownOnce({ name, username, password }: { name: string; username: string; password: string }) {
  const text = useText(peopleText);
  return (
    <Alert variant="success" isInline title={text("madeTitle", { name })} component="h2">
      <Content component="p">{text("madeBody")}</Content>
      <Content component="p">
        {text("username")}: <span className="shepherd-mono">{username}</span>
      </Content>
      <ClipboardCopy isReadOnly hoverTip={text("copyPassword")} clickTip={text("copied")} textAriaLabel={text("firstPassword")} className="shepherd-mono">
        {password}
      </ClipboardCopy>
    </Alert>
  );
}
