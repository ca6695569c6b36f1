import { Grid, GridItem, Title } from "@patternfly/react-core";
import type { Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { CopyId } from "../../components/CopyId";
import { Facts } from "../../components/Facts";
import { Link } from "../../components/Link";
import { absolute } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { Changes } from "./Changes";
import { useTypeWords } from "./recordWords";
import { auditText } from "./text";

/** The ticket whose run an execution of that workflow is. */
function ticketOf(workflow: string | null | undefined): string | undefined {
  return workflow?.startsWith("ticket-") ? workflow.slice("ticket-".length) : undefined;
}

/** A record, whole. */
export function RecordDetail({ record }: { record: Schemas["AuditRecord"] }) {
  const text = useText(auditText);
  const { locale } = useLanguage();
  const { resource, workflow_id, run_id, spec_digest, session_id, request_id } = record;
  const types = useTypeWords();
  const ticket = ticketOf(workflow_id);
  const copied = (id: string | null | undefined) => (id ? <CopyId id={id} short={id.length > 40} /> : undefined);
  return (
    <Grid hasGutter>
      <GridItem xl={6}>
        <Changes details={record.details} />
      </GridItem>
      <GridItem xl={6}>
        <Title headingLevel="h3" size="md" className="pf-v6-u-mb-sm">
          {text("record")}
        </Title>
        <Facts
          facts={[
            [text("at"), absolute(locale, record.at)],
            [text("action"), <span key="action" className="shepherd-mono">{record.action}</span>],
            [text("who"), <span key="who">{record.actor.name} <CopyId id={record.actor.id} /></span>],
            [
              text("resource"),
              <span key="resource">
                {types(resource.type)} {resource.name} {resource.id !== "" && <CopyId id={resource.id} />}
                {resource.id !== "" && (
                  <div>
                    <Link to={paths.audit({ resource_id: resource.id })}>{text("sameThing", { type: types(resource.type) })}</Link>
                  </div>
                )}
              </span>,
            ],
            [
              text("requestId"),
              <span key="request">
                <CopyId id={request_id} />
                <div>
                  <Link to={paths.audit({ request_id })}>{text("sameRequest")}</Link>
                </div>
              </span>,
            ],
            [
              text("run"),
              workflow_id ? (
                <span>
                  <span className="shepherd-mono">{workflow_id}</span> {run_id && <CopyId id={run_id} />}
                  {ticket && (
                    <div>
                      <Link to={paths.run(ticket)}>{text("toRun")}</Link>
                    </div>
                  )}
                </span>
              ) : undefined,
            ],
            [text("session"), copied(session_id)],
            [text("address"), record.ip ? <span className="shepherd-mono">{record.ip}</span> : undefined],
            [text("program"), record.user_agent ?? undefined],
            [text("digest"), copied(spec_digest)],
            [text("leaf"), <CopyId key="leaf" id={record.leaf_hash} short />],
            [text("id"), <CopyId key="id" id={record.id} />],
          ]}
        />
      </GridItem>
    </Grid>
  );
}
