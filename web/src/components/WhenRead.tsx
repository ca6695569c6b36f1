import { PageSection, Skeleton, Stack, StackItem } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { Refused } from "../api/client";
import { useText } from "../messages/catalogue";
import { missingPermission, NoPermission } from "./NoPermission";
import { NotFound } from "./NotFound";
import { ProblemAlert } from "./ProblemAlert";
import { commonText } from "./text";

interface Props<T> {
  /** As react-query has it. */
  read: { data?: T | undefined; error: Error | null; refetch: () => unknown };
  children: (data: T) => ReactNode;
}

/** A page about one thing, in every state that reading it can be in. */
export function WhenRead<T>({ read, children }: Props<T>) {
  const text = useText(commonText);
  const { data, error } = read;
  const gone = error instanceof Refused && (error.problem.status === 404 || error.problem.code === "INVALID_QUERY");
  if (gone) return <NotFound />;
  const permission = missingPermission(error);
  if (permission !== undefined && data === undefined) return <NoPermission permission={permission} level="h1" />;
  if (data === undefined && error === null) {
    return (
      <PageSection>
        <Stack hasGutter>
          <StackItem>
            <Skeleton width="40%" fontSize="3xl" screenreaderText={text("loading")} />
          </StackItem>
          <StackItem>
            <Skeleton height="12rem" />
          </StackItem>
        </Stack>
      </PageSection>
    );
  }
  return (
    <>
      {error && (
        <PageSection>
          <ProblemAlert error={error} onRetry={() => void read.refetch()} />
        </PageSection>
      )}
      {data !== undefined && children(data)}
    </>
  );
}
