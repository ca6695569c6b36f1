import type { Me } from "../app/session";
import { PERMISSIONS } from "./contract";

/** Ada, who may do everything. */
export const ADA: Me = {
  must_change_password: false,
  principal: { id: "00000000-0000-7000-9000-000000000001", username: "ada", display_name: "Ada Admin", email: null },
  permissions: [...PERMISSIONS],
  roles: [],
  session: { id: "00000000-0000-7000-9000-000000000002", kind: "CONSOLE", expires_at: "2099-01-01T00:00:00Z" },
  tenant: { id: "00000000-0000-7000-9000-000000000003", slug: "default", name: "Default" },
};
