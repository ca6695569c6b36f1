import { Breadcrumb, BreadcrumbItem, Content, Flex, FlexItem, PageBreadcrumb, PageSection } from "@patternfly/react-core";
import { useEffect, type ReactNode } from "react";
import { Link } from "./Link";
import { MiddleClip } from "./MiddleClip";

interface Props {
  title: string;
  /** Beside the title: a state label. */
  badge?: ReactNode;
  subtitle?: ReactNode;
  /** The pages above this one. */
  above?: readonly { label: string; to: string }[];
  /** Buttons of the page as a whole. */
  actions?: ReactNode;
}

/** The one heading of a page; it is the document's title, too. */
export function PageHeading({ title, badge, subtitle, above = [], actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Shepherd`;
  }, [title]);
  return (
    <>
      {above.length > 0 && (
        <PageBreadcrumb>
          <Breadcrumb>
            {above.map(({ label, to }) => (
              <BreadcrumbItem key={to} render={({ className }) => <Link to={to} className={className}>{label}</Link>} />
            ))}
            <BreadcrumbItem isActive>
              <MiddleClip>{title}</MiddleClip>
            </BreadcrumbItem>
          </Breadcrumb>
        </PageBreadcrumb>
      )}
      <PageSection className="shepherd-heading-section">
        <Flex justifyContent={{ default: "justifyContentSpaceBetween" }} alignItems={{ default: "alignItemsCenter" }}>
          <FlexItem grow={{ default: "grow" }} className="shepherd-heading">
            <Flex columnGap={{ default: "columnGapMd" }} alignItems={{ default: "alignItemsCenter" }}>
              <Content component="h1" className="shepherd-break">
                {title}
              </Content>
              {badge}
            </Flex>
            {subtitle && <div className="shepherd-subtle shepherd-break">{subtitle}</div>}
          </FlexItem>
          {actions && (
            <FlexItem>
              <Flex columnGap={{ default: "columnGapSm" }}>{actions}</Flex>
            </FlexItem>
          )}
        </Flex>
      </PageSection>
    </>
  );
}
