import { Content, PageSection, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { api, type Schemas } from "../../api/client";
import { useEverything } from "../../app/everything";
import { unreadable } from "../../app/list";
import { useUrl } from "../../app/url";
import { PageHeading } from "../../components/PageHeading";
import { SearchField } from "../../components/SearchField";
import { useText } from "../../messages/catalogue";
import { SizesTable } from "./SizesTable";
import { TemplateGallery } from "./TemplateGallery";
import { catalogueText } from "./text";

/** What can be asked for: templates as cards, sizes one below the other for comparison. */
export function Page() {
  const text = useText(catalogueText);
  const [{ q = "" }, change] = useUrl();
  const templates = useEverything<Schemas["Template"]>(["templates"], (query, signal) =>
    api.GET("/api/v1/templates", { params: { query }, signal }),
  );
  const sizes = useEverything<Schemas["InstanceSize"]>(["instance-sizes", "enabled"], (query, signal) =>
    api.GET("/api/v1/instance-sizes", { params: { query: { ...query, enabled: true } }, signal }),
  );
  // Nothing to search in when neither can be read.
  const shown = !(unreadable(templates) && unreadable(sizes));
  const filtered = { active: q !== "", clear: () => change({ q: undefined }) };
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} />
      <PageSection>
        {shown && <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <SearchField
                label={text("search")}
                placeholder={text("searchHint")}
                value={q}
                onChange={(typed) => change({ q: typed })}
              />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>}
        <Content component="h2">{text("templates")}</Content>
        <TemplateGallery templates={templates} needle={q} filtered={filtered} />
      </PageSection>
      <PageSection>
        <Content component="h2">{text("sizes")}</Content>
        <SizesTable sizes={sizes} needle={q} filtered={filtered} />
      </PageSection>
    </>
  );
}
