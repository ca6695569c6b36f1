drop table namespaces, services, systems, sessions, role_bindings, roles, local_credentials, principals, workspaces,
  system_secrets, tenants;
drop function instance_numbers_only_grow();
drop procedure tenant_table(regclass);
drop function touch();
