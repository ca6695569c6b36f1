// Mirrors the tables of `migrations/`; a test compares the two. Regenerate with `UPDATE_GOLDEN=1`.

diesel::table! {
    approval_requests (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        ticket_id -> Uuid,
        requester_id -> Uuid,
        state -> Text,
        expires_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        decision_reason -> Nullable<Text>,
        cluster_id -> Nullable<Uuid>,
        template_id -> Nullable<Uuid>,
        storage_class -> Nullable<Text>,
        modified_spec -> Nullable<Jsonb>,
        modification_reason -> Nullable<Text>,
        template_snapshot -> Nullable<Jsonb>,
        size_snapshot -> Nullable<Jsonb>,
        manifest -> Nullable<Jsonb>,
        digest -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    audit_leaves (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        at -> Timestamptz,
        action -> Text,
        outcome -> Text,
        actor_id -> Uuid,
        actor_name -> Text,
        session_id -> Nullable<Uuid>,
        resource_type -> Text,
        resource_id -> Text,
        resource_name -> Text,
        workspace_id -> Nullable<Uuid>,
        details -> Jsonb,
        spec_digest -> Nullable<Text>,
        workflow_id -> Nullable<Text>,
        run_id -> Nullable<Text>,
        request_id -> Uuid,
        source -> Text,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        leaf_hash -> Binary,
    }
}

diesel::table! {
    clusters (id) {
        id -> Uuid,
        name -> Text,
        display_name -> Text,
        environment -> Text,
        enabled -> Bool,
        api_server_url -> Text,
        sealed_kubeconfig -> Binary,
        encryption_key_id -> Text,
        credential_version -> Int4,
        status -> Text,
        verdict -> Jsonb,
        checked_at -> Nullable<Timestamptz>,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    dependency_spans (id) {
        id -> Int8,
        kind -> Text,
        cluster_id -> Nullable<Uuid>,
        good -> Bool,
        since -> Timestamptz,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    events (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Int8,
        kind -> Text,
        resource_id -> Uuid,
        workspace_id -> Nullable<Uuid>,
        principal_id -> Nullable<Uuid>,
        state -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (tenant_id, principal_id, route, key) {
        tenant_id -> Uuid,
        principal_id -> Uuid,
        route -> Text,
        key -> Text,
        request_hash -> Binary,
        resource_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    instance_sizes (id) {
        id -> Uuid,
        name -> Text,
        display_name -> Text,
        description -> Text,
        enabled -> Bool,
        sort_order -> Int4,
        spec -> Jsonb,
        cpu_cores -> Int4,
        memory_mib -> Int4,
        dedicated_cpu -> Bool,
        requires_hugepages -> Bool,
        requires_gpu -> Bool,
        requires_sriov -> Bool,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    local_credentials (tenant_id, principal_id) {
        tenant_id -> Uuid,
        principal_id -> Uuid,
        password_hash -> Text,
        must_change_password -> Bool,
        changed_at -> Timestamptz,
        reset_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    namespaces (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        physical_name -> Text,
        environment -> Text,
        description -> Text,
        enabled -> Bool,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    notifications (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        recipient_id -> Uuid,
        kind -> Text,
        ticket_id -> Uuid,
        params -> Jsonb,
        created_at -> Timestamptz,
        read_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    outbox (tenant_id, seq) {
        tenant_id -> Uuid,
        seq -> Int8,
        id -> Uuid,
        subject -> Text,
        kind -> Text,
        payload -> Jsonb,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        attempts -> Int4,
        last_error -> Nullable<Text>,
        next_try_at -> Timestamptz,
    }
}

diesel::table! {
    principals (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        username -> Text,
        display_name -> Text,
        email -> Nullable<Text>,
        enabled -> Bool,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    role_bindings (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        principal_id -> Uuid,
        role -> Text,
        workspace_id -> Nullable<Uuid>,
        source -> Text,
        granted_by -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    roles (name) {
        name -> Text,
        scope -> Text,
    }
}

diesel::table! {
    services (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        system_id -> Uuid,
        name -> Text,
        description -> Text,
        next_instance -> Int8,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        principal_id -> Uuid,
        kind -> Text,
        secret_hash -> Binary,
        ip -> Text,
        user_agent -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    system_secrets (key_name) {
        key_name -> Text,
        key_value -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    systems (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        workspace_id -> Uuid,
        name -> Text,
        description -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    templates (id) {
        id -> Uuid,
        name -> Text,
        version -> Int4,
        status -> Text,
        display_name -> Text,
        description -> Text,
        os_family -> Text,
        os_version -> Text,
        spec -> Jsonb,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    tenants (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    ticket_steps (tenant_id, ticket_id, name) {
        tenant_id -> Uuid,
        ticket_id -> Uuid,
        name -> Text,
        position -> Int4,
        state -> Text,
        attempt -> Int4,
        started_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        failing_since -> Nullable<Timestamptz>,
        fault -> Nullable<Jsonb>,
        next_try_at -> Nullable<Timestamptz>,
        detail -> Jsonb,
    }
}

diesel::table! {
    tickets (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        workspace_id -> Uuid,
        system_id -> Uuid,
        service_id -> Uuid,
        namespace_id -> Uuid,
        template_id -> Uuid,
        instance_size_id -> Uuid,
        requester_id -> Uuid,
        reason -> Text,
        instance -> Int8,
        vm_name -> Text,
        disk_gib -> Nullable<Int4>,
        state -> Text,
        run_state -> Nullable<Text>,
        abandoned_by -> Nullable<Uuid>,
        abandoned_at -> Nullable<Timestamptz>,
        fault -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    vms (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        ticket_id -> Uuid,
        workspace_id -> Uuid,
        system_id -> Uuid,
        service_id -> Uuid,
        namespace_id -> Uuid,
        cluster_id -> Uuid,
        physical_namespace -> Text,
        name -> Text,
        instance -> Int8,
        state -> Text,
        state_reason -> Text,
        uid -> Nullable<Text>,
        labels -> Jsonb,
        guest_ip -> Nullable<Text>,
        node_name -> Nullable<Text>,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        observed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    workspaces (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        region -> Text,
        created_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    approval_requests,
    audit_leaves,
    clusters,
    dependency_spans,
    events,
    idempotency_keys,
    instance_sizes,
    local_credentials,
    namespaces,
    notifications,
    outbox,
    principals,
    role_bindings,
    roles,
    services,
    sessions,
    system_secrets,
    systems,
    templates,
    tenants,
    ticket_steps,
    tickets,
    vms,
    workspaces,
);
