import { FlaskIcon } from "@patternfly/react-icons/dist/esm/icons/flask-icon";
import { IndustryIcon } from "@patternfly/react-icons/dist/esm/icons/industry-icon";
import { useText } from "../messages/catalogue";
import { Label } from "./Label";
import { commonText } from "./text";

/** The environment of a cluster or namespace. */
export function EnvironmentLabel({ environment }: { environment: string }) {
  const text = useText(commonText);
  const prod = environment === "prod";
  const word = prod ? text("environment_prod") : environment === "test" ? text("environment_test") : environment;
  return (
    <Label isCompact isOutline color={prod ? "purple" : "teal"} icon={prod ? <IndustryIcon /> : <FlaskIcon />}>
      {word}
    </Label>
  );
}
