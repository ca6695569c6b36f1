import { EmptyState, EmptyStateBody } from "@patternfly/react-core";
import { LockIcon } from "@patternfly/react-icons/dist/esm/icons/lock-icon";
import { Refused, api, type Schemas } from "../api/client";
import { listed, useLanguage } from "../app/language";
import { useRead } from "../app/read";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";

/** The permission that a refusal names, when it is one for want of a permission. */
export function missingPermission(error: Error | null): string | undefined {
  if (!(error instanceof Refused) || error.problem.code !== "PERMISSION_DENIED") return undefined;
  const { permission } = error.problem.params as { permission?: unknown };
  return typeof permission === "string" ? permission : "";
}

/** Names of the roles that hold a permission, as the server lists them; none while nobody asks. */
export function useRolesWith(permission: string, enabled = true): readonly string[] {
  const roles = useRead<Schemas["RoleList"]>(["roles"], (signal) => api.GET("/api/v1/roles", { signal }), {
    every: false,
    enabled,
  });
  return (roles.data?.items ?? []).filter(({ permissions }) => permissions.includes(permission)).map(({ name }) => name);
}

/** A page that the reader may not see: which permission it takes, and who has it. */
export function NoPermission({ permission, level = "h2" }: { permission: string; level?: "h1" | "h2" }) {
  const text = useText(commonText);
  const { locale } = useLanguage();
  const roles = useRolesWith(permission);
  return (
    <EmptyState icon={LockIcon} titleText={text("noPermission")} headingLevel={level}>
      <EmptyStateBody>
        {permission !== "" && (
          <p>
            {text("noPermissionNeeds")} <span className="shepherd-mono">{permission}</span>
          </p>
        )}
        {roles.length > 0 && <p>{text("noPermissionRoles", { roles: listed(locale, roles) })}</p>}
      </EmptyStateBody>
    </EmptyState>
  );
}
