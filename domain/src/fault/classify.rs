//! From an answer to a code. The table below it holds answers seen on a real API server.

use super::{Answer, FaultCode, Operation};

/// Code of an error answer.
pub(super) fn code(operation: Operation, answer: Answer<'_>) -> FaultCode {
    match answer.status {
        401 => FaultCode::ClusterCredentialRejected,
        403 => forbidden(operation, answer.message),
        404 => absent(operation, answer.message),
        409 => conflict(answer.message),
        408 | 410 | 429 => FaultCode::ClusterUnhealthy,
        // The name is taken by another object than the one whose UID we sent.
        422 if answer.message.contains(" metadata.uid: Invalid value: ") => FaultCode::ObjectChanged,
        400..=499 => refused(operation, answer),
        500 if is_typed_patch_error(answer.message) => FaultCode::ManifestInvalid,
        _ => FaultCode::ClusterUnhealthy,
    }
}

/// 403 is four different things: RBAC, quota, a dying namespace, or admission.
fn forbidden(operation: Operation, message: &str) -> FaultCode {
    if message.contains("because it is being terminated") {
        FaultCode::NamespaceTerminating
    } else if is_rbac(message) {
        match operation {
            Operation::NamespaceRead | Operation::NamespaceCreate | Operation::NamespaceDelete => {
                FaultCode::NamespacePermissionDenied
            }
            _ => FaultCode::ClusterPermissionDenied,
        }
    } else {
        denied(operation, message)
    }
}

/// A "no" of admission: quota or policy.
fn denied(operation: Operation, message: &str) -> FaultCode {
    match operation {
        Operation::NamespaceCreate if message.to_ascii_lowercase().contains("quota") => {
            FaultCode::NamespaceQuotaExceeded
        }
        Operation::NamespaceCreate => FaultCode::NamespaceCreationFailed,
        _ if message.contains("exceeded quota") || message.contains("failed quota") => FaultCode::ClusterQuotaExceeded,
        _ => FaultCode::AdmissionDenied,
    }
}

/// 404 for a path that does not exist is a missing API; for a namespace, a vanished one.
fn absent(operation: Operation, message: &str) -> FaultCode {
    match operation {
        Operation::VmRead | Operation::VmApply | Operation::VmDelete => {
            if message.starts_with("namespaces \"") {
                FaultCode::NamespaceNotFound
            } else if message.ends_with("\" not found") {
                FaultCode::ObjectChanged
            } else {
                FaultCode::KubevirtMissing
            }
        }
        _ => FaultCode::ClusterUnhealthy,
    }
}

fn conflict(message: &str) -> FaultCode {
    if message.starts_with("Apply failed with") { FaultCode::FieldConflict } else { FaultCode::ObjectChanged }
}

fn refused(operation: Operation, answer: Answer<'_>) -> FaultCode {
    if is_admission(answer.message) {
        return denied(operation, answer.message);
    }
    match operation {
        Operation::NamespaceCreate if answer.status == 422 => FaultCode::NamespaceNameInvalid,
        Operation::NamespaceCreate => FaultCode::NamespaceCreationFailed,
        Operation::VmApply => FaultCode::ManifestInvalid,
        // We sent no document: the server or something before it does not speak our language.
        _ => FaultCode::ClusterUnhealthy,
    }
}

fn is_rbac(message: &str) -> bool {
    message.contains(" cannot ") && message.contains("forbidden: User \"")
}

fn is_admission(message: &str) -> bool {
    (message.contains("admission webhook \"") || message.contains("AdmissionPolicy '")) && message.contains("denied")
}

/// A server-side apply that does not fit the schema is a 500 on the wire, and permanent.
fn is_typed_patch_error(message: &str) -> bool {
    message.contains("failed to create typed patch object") || message.contains("field not declared in schema")
}

#[cfg(test)]
mod tests {
    use super::super::{Answer, Fault, FaultCode as Code, Operation as Op};

    #[rustfmt::skip] // one case, one line
    const CASES: &[(Op, u16, &str, Code)] = &[
        (Op::VmApply, 401, "Unauthorized", Code::ClusterCredentialRejected),
        (Op::NamespaceRead, 403, r#"namespaces "a" is forbidden: User "system:serviceaccount:s:w" cannot get resource "namespaces" in API group "" in the namespace "a""#, Code::NamespacePermissionDenied),
        (Op::NamespaceCreate, 403, r#"namespaces is forbidden: User "w" cannot create resource "namespaces" in API group "" at the cluster scope"#, Code::NamespacePermissionDenied),
        (Op::NamespaceCreate, 403, r#"admission webhook "quota.example.org" denied the request: tenant has reached its namespace quota"#, Code::NamespaceQuotaExceeded),
        (Op::NamespaceCreate, 403, r#"namespaces "a" is forbidden: exceeded quota: projects, requested: 1, used: 5, limited: 5"#, Code::NamespaceQuotaExceeded),
        (Op::NamespaceCreate, 403, r#"admission webhook "names.example.org" denied the request: bad prefix"#, Code::NamespaceCreationFailed),
        (Op::NamespaceCreate, 422, r#"Namespace "A" is invalid: metadata.name: Invalid value: "A": a lowercase RFC 1123 label must consist of"#, Code::NamespaceNameInvalid),
        (Op::NamespaceCreate, 400, "Namespace in version \"v1\" cannot be handled", Code::NamespaceCreationFailed),
        (Op::NamespaceDelete, 403, r#"namespaces "a" is forbidden: User "w" cannot delete resource "namespaces" in API group "" in the namespace "a""#, Code::NamespacePermissionDenied),
        (Op::VmApply, 403, r#"virtualmachines.kubevirt.io "v" is forbidden: User "w" cannot patch resource "virtualmachines" in API group "kubevirt.io" in the namespace "a""#, Code::ClusterPermissionDenied),
        (Op::VmApply, 403, r#"virtualmachines.kubevirt.io "v" is forbidden: exceeded quota: compute, requested: count/virtualmachines.kubevirt.io=1, used: count/virtualmachines.kubevirt.io=2, limited: count/virtualmachines.kubevirt.io=2"#, Code::ClusterQuotaExceeded),
        (Op::VmApply, 403, r#"virtualmachines.kubevirt.io "v" is forbidden: unable to create new content in namespace a because it is being terminated"#, Code::NamespaceTerminating),
        (Op::VmApply, 403, r#"admission webhook "policy.example.org" denied the request: no"#, Code::AdmissionDenied),
        (Op::VmApply, 422, r#"admission webhook "virtualmachine-validator.kubevirt.io" denied the request: spec.template.spec.domain.devices.disks[0].Name 'root' not found."#, Code::AdmissionDenied),
        (Op::VmApply, 400, r#"admission webhook "virtualmachine-validator.kubevirt.io" denied the request: no"#, Code::AdmissionDenied),
        (Op::VmApply, 422, r#"virtualmachines.kubevirt.io "v" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression"#, Code::AdmissionDenied),
        (Op::VmApply, 422, r#"VirtualMachine.kubevirt.io "v" is invalid: spec.template: Required value"#, Code::ManifestInvalid),
        (Op::VmApply, 400, r#"strict decoding error: unknown field "spec.colour""#, Code::ManifestInvalid),
        (Op::VmApply, 500, "failed to create typed patch object (a/v; kubevirt.io/v1, Kind=VirtualMachine): .spec.colour: field not declared in schema", Code::ManifestInvalid),
        (Op::VmApply, 500, r#"Internal error occurred: failed calling webhook "virtualmachines-mutator.kubevirt.io": failed to call webhook: Post "https://virt-api": dial tcp 127.0.0.1:1: connect: connection refused"#, Code::ClusterUnhealthy),
        (Op::VmApply, 409, r#"Apply failed with 1 conflict: conflict with "kubectl-edit" using kubevirt.io/v1: .spec.runStrategy"#, Code::FieldConflict),
        (Op::VmApply, 409, r#"Operation cannot be fulfilled on virtualmachines.kubevirt.io "v": uid mismatch: the provided object specified uid 1, and no existing object was found"#, Code::ObjectChanged),
        (Op::VmApply, 422, r#"VirtualMachine.kubevirt.io "v" is invalid: metadata.uid: Invalid value: "1": field is immutable"#, Code::ObjectChanged),
        (Op::VmDelete, 409, r#"Operation cannot be fulfilled on virtualmachines.kubevirt.io "v": the UID in the precondition (1) does not match the UID in record (2)."#, Code::ObjectChanged),
        (Op::VmApply, 404, r#"namespaces "a" not found"#, Code::NamespaceNotFound),
        (Op::VmDelete, 404, r#"virtualmachines.kubevirt.io "v" not found"#, Code::ObjectChanged),
        (Op::VmRead, 404, "the server could not find the requested resource", Code::KubevirtMissing),
        (Op::VmRead, 404, "404 page not found", Code::KubevirtMissing),
        (Op::VmRead, 410, "too old resource version: 1 (2)", Code::ClusterUnhealthy),
        (Op::VmRead, 422, "sendInitialEvents: Forbidden", Code::ClusterUnhealthy),
        (Op::VmApply, 429, "Too many requests, please try again later.", Code::ClusterUnhealthy),
        (Op::VmApply, 500, "etcdserver: request timed out", Code::ClusterUnhealthy),
        (Op::VmApply, 503, "apiserver is shutting down", Code::ClusterUnhealthy),
        (Op::VmApply, 504, "request did not complete within the allotted timeout", Code::ClusterUnhealthy),
        (Op::Check, 403, r#"nodes is forbidden: User "w" cannot list resource "nodes" in API group "" at the cluster scope"#, Code::ClusterPermissionDenied),
    ];

    #[test]
    fn real_answers_get_their_code() {
        for &(operation, status, message, expected) in CASES {
            let answer = Answer { status, message };
            let fault = Fault::from_answer(operation, answer);
            assert_eq!(fault.code, expected, "{operation:?} {status} {message}");
            assert_eq!(fault.retryable, expected.is_retryable());
        }
    }
}
