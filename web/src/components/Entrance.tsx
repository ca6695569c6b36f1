import { Bullseye, Card, CardBody, CardTitle, Content } from "@patternfly/react-core";
import { useEffect, type ReactNode } from "react";

interface Props {
  title: string;
  subtitle?: string;
  children: ReactNode;
}

/** The frame of the pages before sign-in. */
export function Entrance({ title, subtitle, children }: Props) {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <Bullseye>
      <main className="shepherd-entrance">
        <Card isLarge>
          <CardTitle>
            <img src="/favicon.svg" alt="" width={40} height={40} />
            <Content component="h1" className="pf-v6-u-mt-md">
              {title}
            </Content>
            {subtitle && <Content component="p">{subtitle}</Content>}
          </CardTitle>
          <CardBody>{children}</CardBody>
        </Card>
      </main>
    </Bullseye>
  );
}
