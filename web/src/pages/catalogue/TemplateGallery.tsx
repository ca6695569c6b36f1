import {
  Button,
  Card,
  CardBody,
  CardFooter,
  CardTitle,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Flex,
  Gallery,
  Skeleton,
} from "@patternfly/react-core";
import type { UseQueryResult } from "@tanstack/react-query";
import { whole } from "../../app/list";
import type { Schemas } from "../../api/client";
import { useMay, useMe } from "../../app/session";
import { useGo } from "../../app/url";
import { Link } from "../../components/Link";
import { ProblemAlert } from "../../components/ProblemAlert";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { NoMatch } from "../../components/table/DataTable";
import { ListFooter } from "../../components/table/ListFooter";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { inOrder, successorOf, templateMatches } from "./matching";
import { catalogueText } from "./text";

type Template = Schemas["Template"];

interface Props {
  templates: UseQueryResult<Template[]>;
  needle: string;
  filtered: { active: boolean; clear: () => void };
}

/** Templates as cards; a deprecated one names what follows it. */
export function TemplateGallery({ templates, needle, filtered }: Props) {
  const all = inOrder(templates.data ?? []);
  const shown = all.filter((template) => templateMatches(needle, template));
  if (templates.error && !templates.data) return <ProblemAlert error={templates.error} onRetry={() => void templates.refetch()} />;
  if (templates.data && all.length === 0) return <NoTemplates />;
  if (templates.data && shown.length === 0) return <NoMatch clear={filtered.clear} />;
  return (
    <>
      <Gallery hasGutter minWidths={{ default: "18rem" }}>
        {templates.isPending && [1, 2, 3].map((key) => <Skeleton key={key} height="12rem" />)}
        {shown.map((template) => (
          <TemplateCard key={template.id} template={template} successor={successorOf(template, all)} />
        ))}
      </Gallery>
      <ListFooter
        list={whole({ ...templates, data: templates.data && { items: shown } })}
        call={{ path: "/api/v1/templates" }}
        keys={false}
      />
    </>
  );
}

function TemplateCard({ template, successor }: { template: Template; successor: Template | undefined }) {
  const text = useText(catalogueText);
  const go = useGo();
  const { permissions } = useMe();
  const forbidden = useWhyNotPermitted(permissions, "compute:vm:create");
  const deprecated = template.status === "deprecated";
  return (
    <Card isCompact isFullHeight variant={deprecated ? "secondary" : "default"}>
      <CardTitle>
        <Flex justifyContent={{ default: "justifyContentSpaceBetween" }} flexWrap={{ default: "nowrap" }}>
          <h3 className="shepherd-break">{template.display_name}</h3>
          <StateLabel of="template" state={template.status} />
        </Flex>
        <div className="shepherd-subtle shepherd-break pf-v6-u-font-size-sm">
          {text("version", { name: template.name, version: template.version })}
        </div>
      </CardTitle>
      <CardBody>
        {template.description !== "" && <p className="shepherd-pre pf-v6-u-mb-sm">{template.description}</p>}
        <p className="shepherd-subtle shepherd-break pf-v6-u-font-size-sm">
          {template.os_family} {template.os_version} · {text(template.boot_source.kind)}
        </p>
        {deprecated && (
          <p className="shepherd-break pf-v6-u-mt-sm">
            {successor ? (
              <>
                {text("successor")}{" "}
                <Link to={paths.newRequest({ template: successor.id })}>
                  {successor.display_name} ({successor.version})
                </Link>
              </>
            ) : (
              text("noSuccessor")
            )}
          </p>
        )}
      </CardBody>
      <CardFooter>
        <ReasonedButton
          variant="secondary"
          why={deprecated ? text("deprecatedWhy") : forbidden}
          onClick={() => go(paths.newRequest({ template: template.id }))}
          aria-label={text("requestOf", { name: template.display_name })}
        >
          {text("request")}
        </ReasonedButton>
      </CardFooter>
    </Card>
  );
}

function NoTemplates() {
  const text = useText(catalogueText);
  const go = useGo();
  const may = useMay("platform:template:manage");
  return (
    <EmptyState titleText={text("noTemplates")} headingLevel="h3" variant="sm">
      <EmptyStateBody>{text("noTemplatesBody")}</EmptyStateBody>
      {may && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button onClick={() => go(paths.newTemplate())}>{text("makeTemplate")}</Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
