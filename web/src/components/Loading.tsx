import { Bullseye, Spinner } from "@patternfly/react-core";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";

/** Something is on its way and has no shape yet. */
export function Loading() {
  const text = useText(commonText);
  return (
    <Bullseye>
      <Spinner aria-label={text("loading")} />
    </Bullseye>
  );
}
