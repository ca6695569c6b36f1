import { Button, Card, CardBody, CardFooter, CardTitle, Flex, List, ListItem, Skeleton } from "@patternfly/react-core";
import { DownloadIcon } from "@patternfly/react-icons/dist/esm/icons/download-icon";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { useMay } from "../../app/session";
import { Link } from "../../components/Link";
import { ProblemAlert } from "../../components/ProblemAlert";
import { StateLabel } from "../../components/StateLabel";
import { commonText } from "../../components/text";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { useRecordWords } from "../audit/recordWords";
import { homeText } from "./text";

const SHOWN = 8;
/** Records among which those are found. */
const LOOKED_AT = 50;

/** The audit's latest records, but for those of its own reading, and the way to the whole of it. */
export function LatestRecords() {
  const text = useText(homeText);
  const common = useText(commonText);
  const words = useRecordWords();
  const exports = useMay("audit:export:create");
  const read = useRead<Schemas["AuditList"]>(
    ["audit", "home"],
    (signal) => api.GET("/api/v1/audit", { params: { query: { per_page: LOOKED_AT } }, signal }),
    // Reading is recorded: once for each visit is enough.
    { every: false },
  );
  const items = (read.data?.items ?? []).filter(({ action }) => action !== "audit.read").slice(0, SHOWN);
  return (
    <Card isCompact>
      <CardTitle>
        <h2>{text("records")}</h2>
      </CardTitle>
      <CardBody>
        {read.error && !read.data && <ProblemAlert error={read.error} onRetry={() => void read.refetch()} />}
        {read.isPending && <Skeleton height="8rem" screenreaderText={common("loading")} />}
        {read.data && items.length === 0 && <p className="shepherd-subtle">{text("recordsNone")}</p>}
        <List isPlain isBordered={items.length > 0}>
          {items.map((record) => (
            <ListItem key={record.id}>
              <span className="shepherd-break">
                {text("record", { who: record.actor.name, what: words(record) })}{record.resource.name !== "" && ` · ${record.resource.name}`}
              </span>{" "}
              {record.outcome !== "SUCCEEDED" && <StateLabel of="outcome" state={record.outcome} />}
              <div className="shepherd-subtle">
                <Time at={record.at} />
              </div>
            </ListItem>
          ))}
        </List>
      </CardBody>
      <CardFooter>
        <Flex columnGap={{ default: "columnGapMd" }}>
          <Link to={paths.audit()}>{text("openAudit")}</Link>
          <Link to={`${paths.audit()}?outcome=REFUSED`}>{text("openRefused")}</Link>
          {exports && (
            <Button variant="link" isInline icon={<DownloadIcon />} component="a" href="/api/v1/audit/export" download="audit.jsonl">
              {text("exportAudit")}
            </Button>
          )}
        </Flex>
      </CardFooter>
    </Card>
  );
}
