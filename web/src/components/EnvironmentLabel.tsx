import { Label } from "@patternfly/react-core";
import { FlaskIcon } from "@patternfly/react-icons/dist/esm/icons/flask-icon";
import { IndustryIcon } from "@patternfly/react-icons/dist/esm/icons/industry-icon";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";

/** The environment of a cluster or namespace. */
export function EnvironmentLabel({ environment }: { environment: string }) {
  const text = useText(commonText);
  const prod = environment === "prod";
  const word = prod ? text("environment_prod") : environment === "test" ? text("environment_test") : environment;
  return (
    <Label isCompact variant="outline" color={prod ? "purple" : "teal"} icon={prod ? <IndustryIcon /> : <FlaskIcon />}>
      {word}
    </Label>
  );
}
