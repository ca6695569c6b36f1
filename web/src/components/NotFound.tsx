import { EmptyState, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { SearchIcon } from "@patternfly/react-icons/dist/esm/icons/search-icon";
import { useText } from "../messages/catalogue";
import { paths } from "../paths";
import { Link } from "./Link";
import { commonText } from "./text";

/** There is no such page, or nothing of that id that the reader may see. */
export function NotFound() {
  const text = useText(commonText);
  return (
    <EmptyState icon={SearchIcon} titleText={text("notFound")} headingLevel="h1">
      <EmptyStateBody>{text("notFoundBody")}</EmptyStateBody>
      <EmptyStateFooter>
        <Link to={paths.home()}>{text("goHome")}</Link>
      </EmptyStateFooter>
    </EmptyState>
  );
}
