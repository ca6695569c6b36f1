drop table idempotency_keys, dependency_spans, events, notifications, outbox, audit_leaves;
drop function outbox_payload_is_immutable();
drop function audit_is_append_only();
